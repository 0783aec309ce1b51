--! compatible

-- What is known of things that are wrong and may stay so for now, and what to do when something happens. Brought in whole by
-- origin, so an id is one origin's. src/incident/knowledge/port.ts has the words.
create table castellan.known_issue (
  origin text collate "C" not null,
  id text collate "C" not null,
  title text not null,
  services text[] not null,
  namespaces text[] not null,
  rules text[] not null,
  symptoms text[] not null,
  workaround text not null,
  -- A day, as it was written: one that cannot be read excuses nothing.
  until text,
  primary key (origin, id)
);

create table castellan.runbook (
  origin text collate "C" not null,
  name text collate "C" not null,
  title text not null,
  services text[] not null,
  alerts text[] not null,
  symptoms text[] not null,
  text text not null,
  primary key (origin, name)
);
