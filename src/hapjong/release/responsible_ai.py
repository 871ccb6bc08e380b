"""What the Croissant file says of responsible use (the ``rai:`` vocabulary, RAI 1.0).

The dataset card says the same at length; figures stand there alone, for they change.
"""

from __future__ import annotations

STATEMENTS: dict[str, str | bool | list[str]] = {
    "rai:dataCollection": (
        "A language model searched for public reports on alliances between AI companies, noted "
        "their facts and wrote Korean articles from them in new words; every article lists the "
        "addresses of its reports. No sentence of a report was copied and nobody is quoted. "
        "Another run of the model compared the facts with the reports. No person checked them."
    ),
    "rai:dataCollectionType": ["Secondary Data Analysis", "Others"],
    "rai:dataPreprocessingProtocol": (
        "Texts are in Unicode NFC with line feeds; spans are half-open ranges of code points. "
        "Splits are by event and time: no event is in two splits, and every article of a later "
        "split is of a later date than all of the earlier ones."
    ),
    "rai:dataAnnotationProtocol": (
        "Annotators are runs of a language model that have the annotation guidelines and the "
        "text and nothing else. Annotations of one article are made without sight of each other, "
        "and disagreements are settled by adjudication with the guidelines. The configuration "
        "'annotations' holds the labels of every annotator beside the adjudicated gold."
    ),
    "rai:dataAnnotationPlatform": "Label Studio",
    "rai:machineAnnotationTools": (
        "A large language model, instructed by the annotation guidelines; every span, label, "
        "role and id is checked by `hapjong validate`."
    ),
    "rai:annotatorDemographics": "None: annotators are runs of a language model, not persons.",
    "rai:dataBiases": (
        "Texts and labels come from one kind of model, whose habits a system of the same kind may "
        "share and be favoured by. Famous companies, Korean and American ones before others, and "
        "alliances that hold are over-represented; most articles are neutral."
    ),
    "rai:dataLimitations": (
        "The texts are not journalism. A fact may be outdated or wrong: the labels say what a "
        "text says, not what is true. The articles are few, so that differences between systems "
        "need their intervals. Real press articles are not in these files."
    ),
    "rai:dataUseCases": (
        "Training and comparing systems of Korean information extraction: named entities, "
        "relations between companies with direction and status, stance. Not for judging companies "
        "or people, for investment decisions, as a record of what happened, or for training "
        "systems that write news."
    ),
    "rai:dataSocialImpact": (
        "A public benchmark in a language that has few of its kind. Systems that extract "
        "alliances can be wrong about real companies and people; their output needs a check "
        "against the source before anybody acts on it."
    ),
    "rai:personalSensitiveInformation": (
        "Names of public figures in their public roles (executives, officials), as in public "
        "reports. No other personal information."
    ),
    "rai:hasSyntheticData": True,
    "rai:dataReleaseMaintenancePlan": (
        "Versions follow Semantic Versioning and are tagged; the changelog names the articles "
        "whose labels change. Errors are reported as issues and mended in the next version."
    ),
}
