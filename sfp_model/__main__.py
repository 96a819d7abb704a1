"""Run the command line: ``python -m sfp_model`` is ``sfp``."""

from sfp_model.cli import main

if __name__ == "__main__":
    main()
