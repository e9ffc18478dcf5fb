"""Two families of errors: the world's, told to the operator in one sentence, and ours, which are bugs."""


class KnownError(Exception):
    """The world's fault: the text is one plain sentence for the operator: what, where, what to do."""


class BugError(Exception):
    """Our fault: logged with its traceback and shown as an internal error."""
