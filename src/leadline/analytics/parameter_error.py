"""What is raised when a report can't be computed for what it was asked."""

from leadline.kernel.errors import TerminalError


class ParameterError(TerminalError):
    """A parameter can't be read, or means nothing here.

    Attributes:
        parameter: its name, where the message begins with it; "" where it does not.
    """

    code = "invalid_parameter"

    def __init__(self, problem: str, *, advice: str = "", parameter: str = "") -> None:
        super().__init__(f"{parameter} {problem}".lstrip(), advice=advice)
        self.problem, self.parameter = problem, parameter

    def called(self, name: str) -> "ParameterError":
        """The same with the name that the parameter has elsewhere: `--half-life`."""
        return ParameterError(self.problem, advice=self.advice, parameter=name) if self.parameter else self
