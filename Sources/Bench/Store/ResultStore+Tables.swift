internal import GRDB

extension ResultStore {
  /// Makes the tables that are missing.
  static func makeTables(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        INSERT OR IGNORE INTO meta VALUES ('format', '\(format)');
        CREATE TABLE IF NOT EXISTS requests (
          model INTEGER NOT NULL, image INTEGER NOT NULL, target TEXT NOT NULL, stamp TEXT NOT NULL,
          outcome INTEGER NOT NULL, reason TEXT, class INTEGER, class_name TEXT, probability REAL,
          pixels BLOB, annotations BLOB, PRIMARY KEY (model, image, target)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS units (
          id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, outcome INTEGER NOT NULL, reason TEXT,
          forward INTEGER NOT NULL, backward INTEGER NOT NULL, matched INTEGER, defect TEXT);
        CREATE TABLE IF NOT EXISTS metrics (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, text TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS scores (
          unit INTEGER NOT NULL, metric INTEGER NOT NULL, part INTEGER NOT NULL, outcome INTEGER NOT NULL,
          value REAL, reason TEXT, PRIMARY KEY (unit, metric, part)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS axes (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, text TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS curves (
          unit INTEGER NOT NULL, metric INTEGER NOT NULL, part INTEGER NOT NULL, axis INTEGER NOT NULL,
          y BLOB NOT NULL, PRIMARY KEY (unit, metric, part)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS maps (unit INTEGER PRIMARY KEY, shape TEXT NOT NULL, floats BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS pictures (
          model INTEGER NOT NULL, image INTEGER NOT NULL, png BLOB NOT NULL, PRIMARY KEY (model, image));
        CREATE TABLE IF NOT EXISTS annotations (
          model INTEGER NOT NULL, image INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (model, image));
        CREATE TABLE IF NOT EXISTS costs (
          key BLOB PRIMARY KEY, seconds REAL NOT NULL, peak INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS figure_values (key BLOB PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS figure_maps (
          key BLOB PRIMARY KEY, shape TEXT NOT NULL, floats BLOB NOT NULL, matched INTEGER, gap REAL);
        CREATE TABLE IF NOT EXISTS claims (
          key TEXT PRIMARY KEY, place TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,
          expires REAL NOT NULL) WITHOUT ROWID;
        """)
  }
}
