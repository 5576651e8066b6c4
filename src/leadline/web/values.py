"""A report's values as pages write them. The words are analytics' own: PDF and mail say the same."""

from leadline.analytics.written import NUMBERS, change_words, span_words, tone, write

__all__ = ["NUMBERS", "change_words", "span_words", "tone", "write"]
