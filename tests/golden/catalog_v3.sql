-- A catalog of schema 3: what that of schema 2 holds, and beside it tags, a note, text in a picture, a saved
-- search, an entry of the journal that made a tag and moved a file, sidecars, a sketch.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE asset (
  id INTEGER PRIMARY KEY,
  content BLOB NOT NULL UNIQUE CHECK (length(content) = 32),
  format TEXT NOT NULL,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL,
  taken_at TEXT,
  camera TEXT,
  lens TEXT,
  exposure_s REAL,
  f_number REAL,
  focal_length_mm REAL,
  iso INTEGER,
  latitude REAL,
  longitude REAL,
  paths INTEGER NOT NULL DEFAULT 0
, palette BLOB, hash INTEGER, sharpness REAL);
INSERT INTO asset VALUES(1,X'0101010101010101010101010101010101010101010101010101010101010101','jpeg',640,480,'2024-06-01T17:03:22','FUJIFILM X-T5','XF33mmF1.4 R LM WR',0.0040000000000000000832,1.3999999999999999111,33.0,200,48.499999999999999999,2.25,2,X'ff8000bfff0102033fff',-6,0.5);
INSERT INTO asset VALUES(2,X'0202020202020202020202020202020202020202020202020202020202020202','png',10,20,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL);
INSERT INTO asset VALUES(3,X'0303030303030303030303030303030303030303030303030303030303030303','webp',30,40,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO asset VALUES(4,X'0404040404040404040404040404040404040404040404040404040404040404','jpeg',50,60,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL);
CREATE TABLE file (
  path BLOB NOT NULL PRIMARY KEY,
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  asset INTEGER REFERENCES asset (id),
  failure TEXT,
  run INTEGER NOT NULL,
  CHECK ((asset IS NULL) <> (failure IS NULL))
) WITHOUT ROWID;
INSERT INTO file VALUES(X'2f702f612e6a7067',1000,1700000000123456789,1700000000123456789,5,77,1,NULL,2);
INSERT INTO file VALUES(X'2f702f6261642e6a7067',1000,1700000000123456789,1700000000123456789,5,77,NULL,'the file is damaged',2);
INSERT INTO file VALUES(X'2f702f6e65770a6c696e652e706e67',1000,1700000000123456789,1700000000123456789,5,77,2,NULL,2);
INSERT INTO file VALUES(X'2f7573622f636f7079ff2e6a7067',1000,1700000000123456789,1700000000123456789,9,77,1,NULL,1);
INSERT INTO file VALUES(X'2f702f7a2e6a7067',1000,1700000000123456789,1700000000123456789,5,77,4,NULL,2);
CREATE TABLE root (
  path BLOB NOT NULL PRIMARY KEY,
  offline INTEGER NOT NULL DEFAULT 0,
  run INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO root VALUES(X'2f70',0,2);
INSERT INTO root VALUES(X'2f757362',1,1);
CREATE TABLE space (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  model TEXT NOT NULL,
  dimension INTEGER NOT NULL CHECK (dimension > 0),
  generation INTEGER NOT NULL
);
INSERT INTO space VALUES(1,'00112233aabbccdd','test 1',8,1700000000000000);
CREATE TABLE embedding (
  id INTEGER PRIMARY KEY,
  space INTEGER NOT NULL REFERENCES space (id),
  asset INTEGER NOT NULL REFERENCES asset (id),
  scale REAL NOT NULL,
  codes BLOB NOT NULL, fine BLOB,
  CHECK (id >> 32 = space)
);
INSERT INTO embedding VALUES(4294967296,1,1,0.5,X'0101010101010101',NULL);
INSERT INTO embedding VALUES(4294967297,1,2,0.25,X'7f7f7f7f7f7f7f7f',NULL);
INSERT INTO embedding VALUES(4294967298,1,3,0.125,X'8181818181818181',NULL);
INSERT INTO embedding VALUES(4294967299,1,4,0.0625,X'0102030405060708',X'7f80ff0001020304');
CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO setting VALUES('index.kind','auto');
CREATE INDEX asset_gone ON asset (id) WHERE paths = 0;
CREATE INDEX file_asset ON file (asset) WHERE asset IS NOT NULL;
CREATE INDEX file_failed ON file (path) WHERE asset IS NULL;
CREATE TRIGGER file_added AFTER INSERT ON file WHEN NEW.asset IS NOT NULL BEGIN
  UPDATE asset SET paths = paths + 1 WHERE id = NEW.asset;
END;
CREATE TRIGGER file_forgotten AFTER DELETE ON file WHEN OLD.asset IS NOT NULL BEGIN
  UPDATE asset SET paths = paths - 1 WHERE id = OLD.asset;
END;
CREATE TRIGGER file_changed AFTER UPDATE OF asset ON file WHEN OLD.asset IS NOT NEW.asset BEGIN
  UPDATE asset SET paths = paths - 1 WHERE id = OLD.asset;
  UPDATE asset SET paths = paths + 1 WHERE id = NEW.asset;
END;
CREATE UNIQUE INDEX embedding_asset ON embedding (asset, space);
CREATE INDEX asset_unsketched ON asset (id) WHERE palette IS NULL;

CREATE TABLE asset_id (
  last INTEGER NOT NULL
);
INSERT INTO asset_id VALUES(4);

CREATE TABLE tag (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL,
  folded TEXT NOT NULL
);
CREATE INDEX tag_folded ON tag (folded);

CREATE TABLE asset_tag (
  asset INTEGER NOT NULL,
  tag INTEGER NOT NULL REFERENCES tag (id),
  state INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  probability REAL NOT NULL,
  model TEXT NOT NULL,
  PRIMARY KEY (asset, tag)
) WITHOUT ROWID;
CREATE INDEX asset_tag_tag ON asset_tag (tag, state);

CREATE TABLE note (
  asset INTEGER PRIMARY KEY,
  rating INTEGER,
  caption TEXT NOT NULL
);

CREATE TABLE picture_text (
  asset INTEGER PRIMARY KEY,
  text TEXT NOT NULL
);

CREATE TABLE saved_search (
  name TEXT NOT NULL PRIMARY KEY,
  query TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  what TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0,
  changes BLOB NOT NULL
);
CREATE TABLE journal_tag (
  entry INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
  tag INTEGER NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (entry, tag)
) WITHOUT ROWID;
CREATE TABLE journal_move (
  entry INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  from_path BLOB NOT NULL,
  to_path BLOB NOT NULL,
  PRIMARY KEY (entry, position)
) WITHOUT ROWID;

CREATE TABLE sidecar (
  path BLOB NOT NULL PRIMARY KEY,
  asset INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  content BLOB NOT NULL CHECK (length(content) = 32),
  said BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE sidecar_due (
  id INTEGER PRIMARY KEY,
  asset INTEGER NOT NULL UNIQUE
);

CREATE VIRTUAL TABLE words USING fts5(name, tag, caption, folder, picture_text,
                                      tokenize = 'unicode61 remove_diacritics 2');
CREATE TABLE words_due (
  asset INTEGER PRIMARY KEY
);

INSERT INTO tag VALUES(1,'Places/Tel Aviv','places/tel aviv');
INSERT INTO tag VALUES(3,'dog','dog');
INSERT INTO asset_tag VALUES(1,1,1,1,1.0,'');
INSERT INTO asset_tag VALUES(1,3,3,3,0.75,'00112233aabbccdd');
INSERT INTO asset_tag VALUES(2,3,2,1,1.0,'');
INSERT INTO note VALUES(1,4,'Grandma''s boat');
INSERT INTO picture_text VALUES(2,'STOP');
INSERT INTO saved_search VALUES('beaches','beach -umbrella');
INSERT INTO journal VALUES(7,'2026-11-25T09:30:00Z','tag 1 picture',0,X'540601020000000061737365745f746167001200010000000000000001010000000000000001010000000000000001010000000000000001023ff00000000000000300');
INSERT INTO journal_tag VALUES(7,1,'Places/Tel Aviv');
INSERT INTO journal_move VALUES(7,0,X'2f702f6f6c64',X'2f702f7a2e6a7067');
INSERT INTO sidecar VALUES(X'2f702f612e6a70672e786d70',1,10,1700000000123456789,X'0505050505050505050505050505050505050505050505050505050505050505',X'70');
INSERT INTO sidecar_due VALUES(1,1);
INSERT INTO words (rowid, name, tag, caption, folder, picture_text) VALUES (1,'a.jpg','Places  Tel Aviv','Grandma''s boat','p','');
INSERT INTO words (rowid, name, tag, caption, folder, picture_text) VALUES (2,'new line.png','','','p','STOP');
INSERT INTO words (rowid, name, tag, caption, folder, picture_text) VALUES (4,'z.jpg','','','p','');
INSERT INTO sqlite_sequence VALUES('journal',7);
CREATE TRIGGER file_words_added AFTER INSERT ON file WHEN NEW.asset IS NOT NULL BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER file_words_forgotten AFTER DELETE ON file WHEN OLD.asset IS NOT NULL BEGIN
  INSERT INTO words_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = OLD.asset);
END;
CREATE TRIGGER file_words_changed AFTER UPDATE OF path, asset ON file
WHEN OLD.asset IS NOT NEW.asset OR OLD.path <> NEW.path BEGIN
  INSERT INTO words_due (asset) SELECT OLD.asset WHERE OLD.asset IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM words_due WHERE asset = OLD.asset);
  INSERT INTO words_due (asset) SELECT NEW.asset WHERE NEW.asset IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
END;

CREATE TRIGGER asset_tag_added AFTER INSERT ON asset_tag WHEN NEW.state = 1 BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
  INSERT INTO sidecar_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER asset_tag_dropped AFTER DELETE ON asset_tag WHEN OLD.state = 1 BEGIN
  INSERT INTO words_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = OLD.asset);
  INSERT INTO sidecar_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = OLD.asset);
END;
CREATE TRIGGER asset_tag_changed AFTER UPDATE ON asset_tag WHEN (OLD.state = 1) <> (NEW.state = 1) BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
  INSERT INTO sidecar_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER tag_renamed AFTER UPDATE OF path ON tag BEGIN
  INSERT INTO words_due (asset) SELECT asset FROM asset_tag WHERE tag = NEW.id AND state = 1
    AND asset NOT IN (SELECT asset FROM words_due);
  INSERT INTO sidecar_due (asset) SELECT asset FROM asset_tag WHERE tag = NEW.id AND state = 1
    AND asset NOT IN (SELECT asset FROM sidecar_due);
END;

CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
  INSERT INTO sidecar_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER note_dropped AFTER DELETE ON note BEGIN
  INSERT INTO words_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = OLD.asset);
  INSERT INTO sidecar_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = OLD.asset);
END;
CREATE TRIGGER note_changed AFTER UPDATE ON note BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
  INSERT INTO sidecar_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER picture_text_added AFTER INSERT ON picture_text BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER picture_text_dropped AFTER DELETE ON picture_text BEGIN
  INSERT INTO words_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = OLD.asset);
END;
CREATE TRIGGER picture_text_changed AFTER UPDATE ON picture_text BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
END;
COMMIT;
PRAGMA application_id = 1448366670;
PRAGMA user_version = 3;
