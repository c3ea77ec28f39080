"""Which field a `meta` element speaks of, by its name, property or itemprop."""

# In each line the names in the order in which they are believed; those of publishers' own vocabularies come last.
_NAMES = """
published article:published_time og:article:published_time datepublished article:published og:published_time
published parsely-pub-date sailthru.date dc.date dc.date.issued dc.date.created dcterms.created dcterms.issued
published dcterms.date dc.created dc:created published pubdate publishdate publish-date publish_date publication_date
published published_time published_date article.published article:publicationdate cxenseparse:recs:publishtime
published cxenseparse:publishtime citation_publication_date citation_date date originalpublicationdate
published rnews:datepublished article_date_original
updated article:modified_time og:updated_time datemodified article:modified dcterms.modified dc.date.modified revised
updated last-modified
author author article:author article:author_name dc.creator dcterms.creator dc:creator parsely-author sailthru.author
author citation_author byl cxenseparse:author og:article:author
title og:title twitter:title dc.title dcterms.title sailthru.title parsely-title headline citation_title
title twitter:text:title title
publisher og:site_name dc.publisher dcterms.publisher publisher citation_journal_title
site application-name apple-mobile-web-app-title twitter:site
url og:url twitter:url parsely-link
tag news_keywords keywords article:tag parsely-tags sailthru.tags dc.subject dc:subject dcterms.subject
tag cxenseparse:epi-tags classification-tags article:keywords
language og:locale language dc.language dcterms.language content-language
kind og:type
generator generator
"""

FIELDS: dict[str, str] = {  # name in lower case → field
    name: field for field, *names in map(str.split, _NAMES.strip().splitlines()) for name in names
}
