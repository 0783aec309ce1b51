--! compatible

-- Reports of what is over, imported or of Castellan itself: what history looks for. src/incident/history/port.ts has the words.
-- Their sections are in memory's index, in the corpus `post-mortems`, under the same names.
create table castellan.past_report (
  slug text collate "C" primary key,
  title text not null,
  at timestamptz not null,
  severity text,
  services text[] not null,
  namespaces text[] not null,
  symptom text not null,
  cause text not null,
  fix text not null,
  alerts text[] not null,
  markdown text not null,
  origin text not null,
  -- Of a report of Castellan's own: the incident it is about.
  incident text,
  -- SHA-256 over all of it: readers keep what they have read, and ask which of it is another by now.
  hash bytea not null
);
create index past_report_by_time on castellan.past_report (at);
