"""`python -m rag.cli` is `byline`."""

from rag.cli.app import main

if __name__ == "__main__":
    main()
