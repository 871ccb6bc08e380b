"""The transformer baseline (the extra ``transformer``).

``windows`` and ``items`` turn articles into numbers, ``models`` and ``losses`` are the two
networks, ``training`` trains them, ``baseline`` asks them; ``encoders`` and ``bundled`` load what
was pretrained.
"""
