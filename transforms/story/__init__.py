"""Same story: articles on one event in other words, possibly in another language.

    article  →  terms        names, numbers, words that tell what it is about    `terms`
    two      →  likeness     how much of what they tell is the same              `likeness`
    many     →  stories      groups in which each is like the others             `grouping`

An article's terms depend on the article alone; what they weigh, on how many articles of the archive have them. Copies
are not dealt with here: callers pass one article for each copy group.
"""
