"""Starting the application: what is missing is a sentence."""

import subprocess
import sys


def test_without_pyside6_the_answer_is_a_sentence() -> None:
    code = "import sys; sys.modules['PySide6'] = None; from nacomp.gui.app import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "pip install 'nacomp[gui]'" in done.stderr
    assert "Traceback" not in done.stderr
