"""Says what will not happen when something is to be mailed and no mail server is set up."""

from leadline.cli.session import ask, errors


def warn_without_mail(wanted: str) -> None:
    """Print a warning where Leadline can mail nothing, on standard error: what is printed for programs stays as it is.

    Args:
        wanted: what will not come: "the report", "this alert".
    """
    told = ask("mail_status")
    if not told["configured"]:
        errors.print(f"No mail server is set up, so {wanted} is not mailed. {told['advice']}")
