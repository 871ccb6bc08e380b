"""The transformer baseline (the extra ``transformer``).

``windows`` and ``items`` turn articles into numbers, ``models`` and ``losses`` are the two
networks, ``training`` trains them; ``judge`` tells stances without a training of the encoder;
``baseline`` asks all three; ``encoders`` and ``bundled`` load what was pretrained.
"""
