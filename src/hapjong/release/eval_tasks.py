"""``eval.yaml``: what the Hub needs to show results of models beside the dataset.

The form is that of the Hub's community evaluations (huggingface.co/docs/hub/eval-results): one
value a task, no interval.  Intervals and signatures are on the leaderboard.  The Hub knows an
evaluation framework only once it is in a list of its own: see CONTRIBUTING, "Publish a version".
"""

from __future__ import annotations

import yaml

TASKS = {
    "overall": "articles",
    "ner_f1": "ner",
    "partnership_f1": "articles",  # facts are of whole articles; `re` lacks pairs far apart
    "stance_f1": "stance",
    "article_stance_f1": "article_stance",
}
"""The headline metrics, and the configuration that holds what each is asked about."""


def dump_eval_tasks() -> str:
    described = {
        "name": "HapJong",
        "description": "News about alliances between AI companies in Korean: names, partnerships "
        "and stance. Values are F1 in 0-1 on the split test, as `hapjong score` gives them.",
        "evaluation_framework": "hapjong",
        "tasks": [
            {"id": metric, "config": config, "split": "test"} for metric, config in TASKS.items()
        ],
    }
    return yaml.safe_dump(described, allow_unicode=True, sort_keys=False)
