"""Small files in the exact formats of the corpora."""

from pathlib import Path


def write(path: Path, text: str) -> Path:
    """Write a UTF-8 file, its folders included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_texts(folder: Path) -> Path:
    """Write the four sources that real_lines.tsv points at."""
    write(folder / "chatbot_songys/ChatbotData.csv", 'Q,A,label\n"배고파, 정말",응,0\n시험 떨어졌어,힘내,1\n')
    write(folder / "kote/val.tsv", '77\t"좋아요" 최고\t1,42\n78\t모르겠다\t2\n')
    write(folder / "kote/test.tsv", "5\t무섭다\t18\n")
    write(folder / "kote_train8k_va/kote_regression_validation.csv", "\ufefftext,valence,arousal\n짜증,0.1,0.2\n")
    return folder
