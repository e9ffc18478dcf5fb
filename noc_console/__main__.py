"""`python -m noc_console` is `noc-console`."""

from noc_console.cli import main

if __name__ == "__main__":
    main()
