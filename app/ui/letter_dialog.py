class LetterDialog:
    pass
