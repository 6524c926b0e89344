package io.nimoshake.core.model;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What is read in order: a part of a table's copy (a segment of its parallel Scan or a file of an
 * export), a file of changes that are backfilled, or a part of its changes (a shard of its stream,
 * or on the way back a change stream of its collections).
 */
public sealed interface Split permits Split.OfCopy, Split.OfExport, Split.OfStream {
  String table();

  /** Identifies the split within its table, in checkpoints and for people. */
  String id();

  /** A part of a table's copy. */
  sealed interface OfCopy extends Split permits ScanSegment, ExportFile, OfRecopy {}

  /**
   * A part of what makes a table of DynamoDB equal to its documents again, on the way back. All
   * parts are read at the same time.
   */
  sealed interface OfRecopy extends OfCopy permits Documents, Leftovers {}

  /** A part of a table's changes. */
  sealed interface OfStream extends Split permits StreamShard, ChangeStream {
    /** Changes older than this are read but not written; {@link Instant#MIN} to write all. */
    Instant ignoreBefore();
  }

  /** A data file of an export. Its position is the number of its lines that were read. */
  sealed interface OfExport extends Split permits ExportFile, ChangeFile {
    /** Identifies the export. */
    String export();

    /** From 0, in the order in which the source lists the files. */
    int index();

    /** Number of files of the export. */
    int total();
  }

  /**
   * One segment of a parallel Scan.
   *
   * @param index from 0
   * @param total number of segments; it cannot change once the copy has begun, because positions
   *     depend on it
   */
  record ScanSegment(String table, int index, int total) implements OfCopy {
    public ScanSegment {
      if (index < 0 || index >= total) {
        throw new IllegalArgumentException("segment " + index + " of " + total);
      }
    }

    @Override
    public String id() {
      return "segment-" + index + "-of-" + total;
    }
  }

  /**
   * One data file of a full export of the table, an item a line.
   *
   * @param export identifies the export
   * @param index from 0, in the order in which the source lists the files
   * @param total number of files of the export
   */
  record ExportFile(String table, String export, int index, int total) implements OfCopy, OfExport {
    public ExportFile {
      if (index < 0 || index >= total) {
        throw new IllegalArgumentException("file " + index + " of " + total);
      }
    }

    @Override
    public String id() {
      return "file-" + index + "-of-" + total;
    }
  }

  /**
   * One data file of an incremental export of the table, a changed item a line. No key is in two
   * lines of an export, so the files of one export are read in any order.
   *
   * @param window number of the export within its backfill, from 1
   * @param export identifies the export
   * @param index from 0, in the order in which the source lists the files
   * @param total number of files of the export
   */
  record ChangeFile(String table, int window, String export, int index, int total)
      implements OfExport {
    public ChangeFile {
      if (index < 0 || index >= total) {
        throw new IllegalArgumentException("file " + index + " of " + total);
      }
    }

    @Override
    public String id() {
      return "window-" + window + "-file-" + index + "-of-" + total;
    }
  }

  /**
   * One shard of a table's stream.
   *
   * @param streamArn the stream to which the shard belongs
   * @param shardId its id
   * @param parents ids of the shards that it continues, whether the service still lists them or not
   * @param endingSequenceNumber its last sequence number, if it was closed when it was listed
   * @param ignoreBefore records older than this are read but not written, because the copy has seen
   *     their effect; {@link Instant#MIN} to write all
   */
  record StreamShard(
      String table,
      String streamArn,
      String shardId,
      Set<String> parents,
      Optional<String> endingSequenceNumber,
      Instant ignoreBefore)
      implements OfStream {
    public StreamShard {
      parents = Set.copyOf(parents);
    }

    @Override
    public String id() {
      return shardId;
    }

    /** The same shard, which was closed since it was listed. */
    public StreamShard closedAt(String lastSequenceNumber) {
      return new StreamShard(
          table, streamArn, shardId, parents, Optional.of(lastSequenceNumber), ignoreBefore);
    }
  }

  /**
   * The changes of all collections of a table, in MongoDB, for the way back. Its position is after
   * a token of its source; it has no beginning and no end.
   */
  record ChangeStream(String table) implements OfStream {
    /** A table has one, so that the order between its collections is kept. */
    public static final String ID = "change-stream";

    @Override
    public String id() {
      return ID;
    }

    @Override
    public Instant ignoreBefore() {
      return Instant.MIN;
    }
  }

  /** All documents of a table, of each of its collections: their items are written. */
  record Documents(String table) implements OfRecopy {
    @Override
    public String id() {
      return "documents";
    }
  }

  /**
   * Items of DynamoDB whose document is gone: they are deleted. One segment of a parallel Scan.
   *
   * @param index from 0
   * @param total number of segments
   */
  record Leftovers(String table, int index, int total) implements OfRecopy {
    public Leftovers {
      if (index < 0 || index >= total) {
        throw new IllegalArgumentException("leftovers " + index + " of " + total);
      }
    }

    @Override
    public String id() {
      return "leftovers-" + index + "-of-" + total;
    }
  }
}
