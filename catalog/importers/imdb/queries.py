"""The join, step by step. Each step reads one file and keeps what the next ones need; NULL means a missing cell.

`rejected` holds why a row can't be used; `dropped` why a sound title is not wanted.
"""

SETUP = r"""
-- A cell's text without outer blanks and NUL characters (PostgreSQL stores none), NULL where it says nothing.
CREATE MACRO filled(cell) AS nullif(nullif(trim(replace(cell, chr(0), '')), '\N'), '');
CREATE MACRO is_count(cell) AS regexp_full_match(cell, '[0-9]{1,9}');
CREATE MACRO is_title_id(cell) AS regexp_full_match(cell, 'tt[0-9]{7,10}');
CREATE MACRO is_name_id(cell) AS regexp_full_match(cell, 'nm[0-9]{7,10}');
CREATE MACRO is_lift(cell) AS coalesce(try_cast(cell AS DOUBLE) BETWEEN 0 AND 1000, false);
"""

# Every title stays, by its id, so that a film of the database that is dropped now can be told from an unknown one.
TITLES = r"""
CREATE TABLE titles AS
SELECT
    tconst AS id,
    CASE
        WHEN $torn THEN 'wrong number of cells'
        WHEN NOT is_title_id(tconst) THEN 'malformed tconst'
        WHEN titleType NOT IN (
            'movie', 'short', 'video', 'videoGame', 'tvEpisode', 'tvMiniSeries', 'tvMovie', 'tvPilot', 'tvSeries',
            'tvShort', 'tvSpecial', 'radioSeries', 'radioEpisode', 'podcastSeries', 'podcastEpisode', 'musicVideo'
        ) THEN 'unknown titleType'
        WHEN titleType <> 'movie' THEN NULL
        WHEN isAdult NOT IN ('0', '1') THEN 'isAdult is neither 0 nor 1'
        WHEN isAdult = '1' THEN NULL
        WHEN filled(primaryTitle) IS NULL THEN 'no primaryTitle'
        WHEN filled(startYear) IS NOT NULL
            AND NOT (is_count(startYear) AND startYear::INTEGER BETWEEN 1870 AND 2100) THEN 'impossible startYear'
    END AS rejected,
    CASE
        WHEN rejected IS NOT NULL THEN NULL
        WHEN titleType LIKE 'tv%' THEN 'television (' || titleType || ')'
        WHEN titleType <> 'movie' THEN 'no film (' || titleType || ')'
        WHEN isAdult = '1' THEN 'adult'
        WHEN filled(startYear) IS NULL THEN 'no year'
        WHEN startYear::INTEGER < $since THEN 'before $since'
    END AS dropped,
    CASE WHEN rejected IS NULL AND dropped IS NULL THEN filled(primaryTitle) END AS title,
    CASE WHEN title IS NOT NULL THEN startYear::INTEGER END AS year
FROM $lines;
"""

FILMS = """
CREATE TABLE films AS
SELECT id, title, year FROM titles WHERE title IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY id ORDER BY title, year) = 1;
"""

CREW = r"""
CREATE TABLE crew AS
SELECT
    tconst AS id,
    CASE
        WHEN $torn THEN 'wrong number of cells'
        WHEN NOT is_title_id(tconst) THEN 'malformed tconst'
        WHEN filled(directors) IS NOT NULL
            AND NOT list_bool_and(list_transform(string_split(filled(directors), ','), lambda one: is_name_id(one)))
            THEN 'malformed directors'
    END AS rejected,
    filled(directors) AS people
FROM $lines
WHERE rejected IS NOT NULL OR (people IS NOT NULL AND tconst IN (SELECT id FROM films));
"""

DIRECTORS = """
CREATE TABLE directors AS
SELECT film, unnest(people) AS id, unnest(range(len(people))) AS place
FROM (SELECT id AS film, string_split(min(people), ',') AS people FROM crew WHERE rejected IS NULL GROUP BY id);
"""

NAMES = """
CREATE TABLE names AS
SELECT
    nconst AS id,
    CASE
        WHEN $torn THEN 'wrong number of cells'
        WHEN NOT is_name_id(nconst) THEN 'malformed nconst'
        WHEN filled(primaryName) IS NULL THEN 'no primaryName'
        WHEN length(filled(primaryName)) > $name_length THEN 'primaryName longer than $name_length characters'
    END AS rejected,
    filled(primaryName) AS name
FROM $lines
WHERE rejected IS NOT NULL OR nconst IN (SELECT id FROM directors);
"""

NAMELESS = """
SELECT count(*), min(film || ' (' || id || ')', 3)
FROM directors WHERE id NOT IN (SELECT id FROM names WHERE rejected IS NULL);
"""

# `types` and `attributes` hold several values with a control character between them.
AKAS = r"""
CREATE TABLE akas AS
SELECT
    titleId AS id,
    CASE
        WHEN $torn THEN 'wrong number of cells'
        WHEN NOT is_title_id(titleId) THEN 'malformed titleId'
        WHEN NOT is_count(ordering) THEN 'ordering is not a whole number'
        WHEN filled(title) IS NULL THEN 'no title'
    END AS rejected,
    filled(title) AS name,
    list_contains(string_split(types, chr(2)), 'imdbDisplay') AS is_display,
    language = 'ko' AS is_korean,
    CASE WHEN rejected IS NULL THEN ordering::INTEGER END AS place
FROM $lines
WHERE rejected IS NOT NULL
    OR (region = 'KR' AND regexp_matches(title, '[가-힣]') AND titleId IN (SELECT id FROM films));
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
        WHEN $theme NOT IN ('', '0', '1') THEN 'suicide_theme is neither 0 nor 1'
    END AS rejected,
    CASE WHEN rejected IS NULL AND trim(imdb_id) = '' THEN 'a score without an imdb_id' END AS dropped,
    try_cast(reviews AS INTEGER) AS reviews,
    source,
    [$feelings] AS lifts,
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
    directed AS (
        SELECT film, list(name ORDER BY place) AS names
        FROM directors JOIN (SELECT id, min(name) AS name FROM names WHERE rejected IS NULL GROUP BY id) USING (id)
        GROUP BY film
    ),
    korean AS (
        SELECT id, name FROM akas WHERE rejected IS NULL
        QUALIFY row_number() OVER (
            PARTITION BY id
            ORDER BY coalesce(is_display, false) DESC, coalesce(is_korean, false) DESC, place, name
        ) = 1
    ),
    scored AS (
        SELECT id, reviews, source, lifts, has_suicide_theme FROM scores WHERE rejected IS NULL AND dropped IS NULL
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY reviews DESC, source, lifts, has_suicide_theme) = 1
    )
SELECT films.id, title, year, names AS directors, korean.name AS title_ko, reviews, source, lifts, has_suicide_theme
FROM films
LEFT JOIN directed ON directed.film = films.id
LEFT JOIN korean ON korean.id = films.id
LEFT JOIN scored ON scored.id = films.id;
"""

JOINED = """
SELECT id, title, year, directors, title_ko, reviews, source, lifts, has_suicide_theme FROM joined ORDER BY id;
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
