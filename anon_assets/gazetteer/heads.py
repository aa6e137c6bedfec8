"""Words that end or begin job titles, in eight languages; compounds end with them, too (``Vertriebsleiter``)."""

from __future__ import annotations

import re

from anon_assets.gazetteer.lists import vocabulary

__all__ = ["JOB_HEAD"]

_HEADS = sorted(vocabulary("job_heads"))
JOB_HEAD = re.compile(rf"(?:{'|'.join(_HEADS)})s?|[^ ]{{3,}}(?:{'|'.join(head for head in _HEADS if len(head) >= 6)})")
"""Matches a whole folded word that names an occupation by itself or by its end."""
