import subprocess, sys
import web_cast as cast
def test_shots(platform, engine, live_server):
    cast.user("administrator", name="Jose Reyes", email="jose@leadline.test")
    r = subprocess.run([sys.executable, "-m", "tests.browser.screenshots", "--url", live_server.url, "--email","jose@leadline.test","--password",cast.PASSWORD,"--out","/tmp/shots"], capture_output=True, text=True, timeout=200)
    assert r.returncode==0, r.stderr
