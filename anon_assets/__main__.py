"""``python -m anon_assets`` is ``anon-assets``."""

from anon_assets.cli import main

if __name__ == "__main__":
    main()
