CREATE TABLE log (
  origin TEXT NOT NULL
) STRICT;

CREATE TABLE record (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  command TEXT NOT NULL,
  agreement TEXT NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  entry TEXT NOT NULL,
  UNIQUE (agreement, version)
) STRICT;

CREATE INDEX record_command ON record (command);

CREATE TABLE tree (
  level INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER log_insert BEFORE INSERT ON log BEGIN
  SELECT RAISE(ABORT, 'append-only: a log has one origin, and it has it already')
  WHERE EXISTS (SELECT 1 FROM log);
END;

CREATE TRIGGER log_update BEFORE UPDATE ON log BEGIN
  SELECT RAISE(ABORT, 'append-only: the origin of a log is never changed');
END;

CREATE TRIGGER log_delete BEFORE DELETE ON log BEGIN
  SELECT RAISE(ABORT, 'append-only: the origin of a log is never deleted');
END;

CREATE TRIGGER record_insert BEFORE INSERT ON record BEGIN
  SELECT RAISE(ABORT, 'append-only: seq must be the one after the last record''s')
  WHERE NEW.seq IS NOT coalesce((SELECT max(seq) FROM record), 0) + 1;
  SELECT RAISE(ABORT, 'append-only: this id is taken by an earlier record')
  WHERE EXISTS (SELECT 1 FROM record WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'append-only: version must be the one after the last of its agreement')
  WHERE NEW.version IS NOT coalesce((SELECT max(version) FROM record WHERE agreement = NEW.agreement), 0) + 1;
  SELECT RAISE(ABORT, 'append-only: this command was carried out before')
  WHERE NEW.command IS NOT (SELECT command FROM record WHERE seq = NEW.seq - 1)
    AND (SELECT min(seq) FROM record WHERE command = NEW.command) IS NOT NULL;
END;

CREATE TRIGGER record_update BEFORE UPDATE ON record BEGIN
  SELECT RAISE(ABORT, 'append-only: a record is never changed; correct it with a later record');
END;

CREATE TRIGGER record_delete BEFORE DELETE ON record BEGIN
  SELECT RAISE(ABORT, 'append-only: a record is never deleted; correct it with a later record');
END;

CREATE TRIGGER tree_insert BEFORE INSERT ON tree BEGIN
  SELECT RAISE(ABORT, 'append-only: a node must be the next of its level')
  WHERE NEW.idx IS NOT coalesce((SELECT max(idx) FROM tree WHERE level = NEW.level), -1) + 1;
END;

CREATE TRIGGER tree_update BEFORE UPDATE ON tree BEGIN
  SELECT RAISE(ABORT, 'append-only: a node of the tree is never changed');
END;

CREATE TRIGGER tree_delete BEFORE DELETE ON tree BEGIN
  SELECT RAISE(ABORT, 'append-only: a node of the tree is never deleted');
END;
