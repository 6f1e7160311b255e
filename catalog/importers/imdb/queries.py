"""The join, step by step. Each step reads one file and keeps what the next ones need; NULL means a missing cell.

`rejected` holds why a row can't be used; `dropped` why a sound title is not wanted. Each stands in a query of its own:
DuckDB works an alias out anew wherever the same SELECT names it.
"""

SETUP = r"""
-- A cell's text without outer blanks and NUL characters (PostgreSQL stores none), NULL where it says nothing.
CREATE MACRO filled(cell) AS nullif(nullif(trim(replace(cell, chr(0), '')), '\N'), '');
CREATE MACRO is_blank(cell) AS trim(cell) IN ('', '\N');
CREATE MACRO is_count(cell) AS regexp_full_match(cell, '[0-9]{1,9}');
CREATE MACRO is_title_id(cell) AS regexp_full_match(cell, 'tt[0-9]{7,10}');
CREATE MACRO is_name_id(cell) AS regexp_full_match(cell, 'nm[0-9]{7,10}');
CREATE MACRO are_name_ids(cell) AS regexp_full_match(cell, 'nm[0-9]{7,10}(,nm[0-9]{7,10})*');
CREATE MACRO is_lift(cell) AS coalesce(try_cast(cell AS DOUBLE) BETWEEN 0 AND 1000, false);
"""

# Every title stays, by its id, so that a film of the database that is dropped now can be told from an unknown one.
TITLES = r"""
CREATE TABLE titles AS
WITH
    checked AS (
        SELECT
            tconst, titleType, isAdult, primaryTitle, startYear,
            CASE
                WHEN $torn THEN 'wrong number of cells'
                WHEN NOT is_title_id(tconst) THEN 'malformed tconst'
                WHEN titleType NOT IN (
                    'movie', 'short', 'video', 'videoGame', 'musicVideo', 'tvEpisode', 'tvMiniSeries', 'tvMovie',
                    'tvPilot', 'tvSeries', 'tvShort', 'tvSpecial', 'radioSeries', 'radioEpisode', 'podcastSeries',
                    'podcastEpisode'
                ) THEN 'unknown titleType'
                WHEN titleType <> 'movie' THEN NULL
                WHEN isAdult NOT IN ('0', '1') THEN 'isAdult is neither 0 nor 1'
                WHEN isAdult = '1' THEN NULL
                WHEN filled(primaryTitle) IS NULL THEN 'no primaryTitle'
                WHEN filled(startYear) IS NOT NULL
                    AND NOT (is_count(startYear) AND try_cast(startYear AS INTEGER) BETWEEN 1870 AND 2100)
                    THEN 'impossible startYear'
            END AS rejected
        FROM $lines
    ),
    sorted AS (
        SELECT
            *,
            CASE
                WHEN rejected IS NOT NULL THEN NULL
                WHEN titleType LIKE 'tv%' THEN 'television (' || titleType || ')'
                WHEN titleType <> 'movie' THEN 'no film (' || titleType || ')'
                WHEN isAdult = '1' THEN 'adult'
                WHEN filled(startYear) IS NULL THEN 'no year'
                WHEN try_cast(startYear AS INTEGER) < $since THEN 'before $since'
            END AS dropped
        FROM checked
    )
SELECT
    tconst AS id,
    rejected,
    dropped,
    CASE WHEN rejected IS NULL AND dropped IS NULL THEN filled(primaryTitle) END AS title,
    CASE WHEN rejected IS NULL AND dropped IS NULL THEN try_cast(startYear AS INTEGER) END AS year
FROM sorted;
"""

FILMS = """
CREATE TABLE films AS
SELECT id, title, year FROM titles WHERE title IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY id ORDER BY title, year) = 1;
"""

CREW = r"""
CREATE TABLE crew AS
WITH checked AS (
    SELECT
        tconst AS id,
        CASE
            WHEN $torn THEN 'wrong number of cells'
            WHEN NOT is_title_id(tconst) THEN 'malformed tconst'
            WHEN NOT is_blank(directors) AND NOT are_name_ids(directors) THEN 'malformed directors'
        END AS rejected,
        directors
    FROM $lines
)
SELECT id, rejected, directors AS people FROM checked
WHERE rejected IS NOT NULL OR (NOT is_blank(directors) AND id IN (SELECT id FROM films));
"""

DIRECTORS = """
CREATE TABLE directors AS
SELECT film, unnest(people) AS id, unnest(range(len(people))) AS place
FROM (SELECT id AS film, string_split(min(people), ',') AS people FROM crew WHERE rejected IS NULL GROUP BY id);
"""

NAMES = """
CREATE TABLE names AS
WITH checked AS (
    SELECT
        nconst AS id,
        CASE
            WHEN $torn THEN 'wrong number of cells'
            WHEN NOT is_name_id(nconst) THEN 'malformed nconst'
            WHEN is_blank(primaryName) THEN 'no primaryName'
            WHEN length(primaryName) > $name_length THEN 'primaryName longer than $name_length characters'
        END AS rejected,
        primaryName
    FROM $lines
)
SELECT id, rejected, filled(primaryName) AS name FROM checked
WHERE rejected IS NOT NULL OR id IN (SELECT id FROM directors);
"""

NAMELESS = """
SELECT count(*), min(film || ' (' || id || ')', 3)
FROM directors WHERE id NOT IN (SELECT id FROM names WHERE rejected IS NULL AND name IS NOT NULL);
"""

# Of tens of millions only the Korean titles are looked at closer. `types` holds several values with a control
# character between them.
AKAS = r"""
CREATE TABLE akas AS
WITH checked AS (
    SELECT
        titleId AS id,
        CASE
            WHEN $torn THEN 'wrong number of cells'
            WHEN NOT is_title_id(titleId) THEN 'malformed titleId'
            WHEN NOT is_count(ordering) THEN 'ordering is not a whole number'
            WHEN is_blank(title) THEN 'no title'
        END AS rejected,
        ordering, title, language, types
    FROM $lines
    WHERE $torn OR region = 'KR'
)
SELECT
    id,
    rejected,
    filled(title) AS name,
    list_contains(string_split(types, chr(2)), 'imdbDisplay') AS is_display,
    language = 'ko' AS is_korean,
    try_cast(ordering AS INTEGER) AS place
FROM checked
WHERE rejected IS NOT NULL
    OR (regexp_matches(title, '[가-힣]') AND id IN (SELECT id FROM films));
"""

SCORES = """
CREATE TABLE scores AS
SELECT
    imdb_id AS id,
    CASE
        WHEN $torn THEN 'wrong number of cells'
        WHEN trim(imdb_id) = '' THEN NULL
        WHEN NOT is_title_id(imdb_id) THEN 'malformed imdb_id'
        WHEN NOT is_count(reviews) THEN 'reviews is not a whole number'
        WHEN source NOT IN ('reviews', 'plot') THEN 'source is neither reviews nor plot'
        $feeling_checks
        WHEN $rating <> '' AND NOT coalesce(try_cast($rating AS DOUBLE) BETWEEN 1 AND 10, false)
            THEN 'rating is not a number in 1…10'
        WHEN $theme NOT IN ('', '0', '1') THEN 'suicide_theme is neither 0 nor 1'
    END AS rejected,
    CASE WHEN rejected IS NULL AND trim(imdb_id) = '' THEN 'a score without an imdb_id' END AS dropped,
    try_cast(reviews AS INTEGER) AS reviews,
    source,
    [$feelings] AS lifts,
    try_cast($rating AS DOUBLE) AS rating,
    $theme = '1' AS has_suicide_theme
FROM $lines;
"""

UNUSED_SCORES = """
SELECT count(*), min(id, 3)
FROM scores WHERE rejected IS NULL AND dropped IS NULL AND id NOT IN (SELECT id FROM films);
"""

JOIN = """
CREATE TABLE joined AS
WITH
    named AS (
        SELECT id, min(name) AS name FROM names WHERE rejected IS NULL AND name IS NOT NULL GROUP BY id
    ),
    directed AS (
        SELECT film, list(name ORDER BY place) AS names FROM directors JOIN named USING (id) GROUP BY film
    ),
    korean AS (
        SELECT id, name FROM akas WHERE rejected IS NULL
        QUALIFY row_number() OVER (
            PARTITION BY id
            ORDER BY coalesce(is_display, false) DESC, coalesce(is_korean, false) DESC, place, name
        ) = 1
    ),
    scored AS (
        SELECT id, reviews, source, lifts, rating, has_suicide_theme FROM scores
        WHERE rejected IS NULL AND dropped IS NULL
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY reviews DESC, source, lifts, rating, has_suicide_theme) = 1
    )
SELECT
    films.id, title, year, names AS directors, korean.name AS title_ko,
    reviews, source, lifts, rating, has_suicide_theme
FROM films
LEFT JOIN directed ON directed.film = films.id
LEFT JOIN korean ON korean.id = films.id
LEFT JOIN scored ON scored.id = films.id;
"""

JOINED = """
SELECT id, title, year, directors, title_ko, reviews, source, lifts, rating, has_suicide_theme FROM joined ORDER BY id;
"""

REASONS = """
SELECT {column}, count(*), min(nullif(left(id, 40), ''), 3)
FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY {column};
"""

REPEATED = """
SELECT coalesce(sum(times - 1), 0)::BIGINT, min(id, 3)
FROM (SELECT id, count(*) AS times FROM {table} WHERE {usable} GROUP BY id HAVING count(*) > 1);
"""

WHY_ABSENT = """
SELECT reason, count(*), min(id, 3)
FROM (
    SELECT id, any_value(coalesce('rejected: ' || rejected, dropped, 'not in the tables')) AS reason
    FROM (SELECT unnest($ids) AS id) LEFT JOIN titles USING (id)
    GROUP BY id
)
GROUP BY reason ORDER BY reason;
"""
