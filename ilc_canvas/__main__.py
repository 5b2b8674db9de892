"""python -m ilc_canvas"""

from ilc_canvas.cli import main

if __name__ == "__main__":
    main()
