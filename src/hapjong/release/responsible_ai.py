"""What the Croissant file says of responsible use (the ``rai:`` vocabulary, RAI 1.0).

The dataset card says the same at length; figures stand there alone, for they change.
"""

from __future__ import annotations

STATEMENTS: dict[str, str | bool | list[str]] = {
    "rai:dataCollection": (
        "A language model searched for public reports on alliances between AI companies, noted "
        "their facts and wrote Korean articles from them in new words; every article lists the "
        "addresses of its reports. It was told to copy no sentence of a report and to quote "
        "nobody. Other runs of the model compared the facts with the reports, of which they read "
        "excerpts. No person checked them."
    ),
    "rai:dataCollectionType": ["Secondary Data Analysis", "Others"],
    "rai:dataPreprocessingProtocol": (
        "Texts are in Unicode NFC with line feeds; spans are half-open ranges of code points. "
        "Splits are by event and time: no event is in more than one split, and every article of a "
        "later split is of a later date than all of the earlier ones."
    ),
    "rai:dataAnnotationProtocol": (
        "Annotators are runs of a language model that have the annotation guidelines and the "
        "text and nothing else. Annotations of one article are made without sight of each other; "
        "a further run of the model settles disagreements by the guidelines. The configuration "
        "'annotations' holds the labels of every annotator beside the adjudicated gold. Agreement "
        "overstates how far people would agree, for the annotators are one model. No person "
        "checked the labels."
    ),
    "rai:dataAnnotationPlatform": "Label Studio",
    "rai:machineAnnotationTools": (
        "A large language model, whose name and version are not recorded, instructed by the "
        "annotation guidelines; every span, label, role and id is checked by `hapjong validate`."
    ),
    "rai:annotatorDemographics": "None: annotators are runs of a language model, not persons.",
    "rai:dataBiases": (
        "Texts and labels come from one kind of model, whose habits a system of the same kind may "
        "share and be favoured by. Famous companies, Korean and American ones before others, and "
        "alliances that hold are over-represented; most articles are neutral. Which reports could "
        "be found decided which events are in the data."
    ),
    "rai:dataLimitations": (
        "The texts are not journalism. A fact may be outdated or wrong: the labels say what a "
        "text says, not what is true. The articles are few, so that differences between systems "
        "need their intervals. Facts that a check did not find again still stand in some texts, "
        "as the card tells. Real press articles are not in these files."
    ),
    "rai:dataUseCases": (
        "Training and comparing systems of Korean information extraction: named entities, "
        "relations between companies with direction and status, stance. Not for judging companies "
        "or people, for investment decisions, as a record of what happened, or for training "
        "systems that write news. Not for a claim that a system reaches human performance: no "
        "human was measured."
    ),
    "rai:dataSocialImpact": (
        "A public benchmark in a language that has few of its kind. Systems that extract "
        "alliances can be wrong about real companies and people; their output needs a check "
        "against the source before anybody acts on it."
    ),
    "rai:personalSensitiveInformation": (
        "Names of people in their public roles, as in public reports (executives, politicians, "
        "officials, judges, researchers, analysts, lawyers, journalists), the organisation that "
        "they worked or spoke for, and views that reports ascribe to them."
    ),
    "rai:hasSyntheticData": True,
    "rai:dataReleaseMaintenancePlan": (
        "Versions follow Semantic Versioning and are tagged, and none is replaced; the changelog "
        "names the articles whose labels change. Errors are reported as discussions or issues and "
        "mended in the next version."
    ),
}
