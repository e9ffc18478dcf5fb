"""`python -m noc_console` is `noc-console`."""

from noc_console.entry import main

if __name__ == "__main__":
    main()
