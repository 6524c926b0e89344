package io.nimoshake.core.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The changes of one page, with distinct keys, and the position after them. Because keys are
 * distinct, a target may write the changes in any order and in parallel.
 *
 * @param changes what is to be written
 * @param rejected items of the page that could not be converted
 * @param position where reading goes on once the whole batch is durable; {@link Position#END} after
 *     the last page
 * @param itemsRead number of items or records in the page, before any were left out
 * @param itemsScanned number of items that the service looked at for the page, including those that
 *     a filter left out
 * @param coalesced number of changes left out because the page has a later one of the same key
 * @param skipped number of records left out because they are older than the copy
 * @param bytes memory held by the batch
 * @param capacityUnits read capacity that the service charged for the page; 0 if it does not say
 * @param newestRecord creation time of the newest record of the page, written or not; empty for
 *     segments and for pages without records
 * @param oldestRecord creation time of the first record of the page that is to be written; empty if
 *     there is none
 * @param newestKey key of the newest record of the page; empty where {@code newestRecord} is, or if
 *     that record is not written
 * @param begun by the service's clock: the call that read the page began at this moment or later. A
 *     change stream was read further than this, whenever the call began. Empty where nobody can
 *     tell
 * @param small whether the page holds less than half of what one call may return: the split had no
 *     more, as far as one answer can tell
 */
public record ChangeBatch(
    List<Change> changes,
    List<Rejected> rejected,
    Position position,
    int itemsRead,
    int itemsScanned,
    int coalesced,
    int skipped,
    long bytes,
    double capacityUnits,
    Optional<Instant> newestRecord,
    Optional<Instant> oldestRecord,
    Optional<ItemKey> newestKey,
    Optional<Instant> begun,
    boolean small) {
  public ChangeBatch {
    changes = List.copyOf(changes);
    rejected = List.copyOf(rejected);
  }

  /** Whether the page was empty and the position did not move: nothing to write or to save. */
  public boolean isIdle(Position before) {
    return itemsRead == 0 && position.equals(before);
  }

  public boolean isEnd() {
    return position instanceof Position.End;
  }

  /** A builder for a page of a segment, in which nothing is too old to be written. */
  public static Builder builder() {
    return new Builder(Instant.MIN);
  }

  /** A builder for a page of a split. For a shard it applies {@code ignoreBefore}. */
  public static Builder builder(Split split) {
    return new Builder(
        split instanceof Split.OfStream stream ? stream.ignoreBefore() : Instant.MIN);
  }

  /**
   * Collects a page in reading order. The last change of a key wins. Records older than the copy
   * are left out.
   */
  public static final class Builder {
    private final Instant ignoreBefore;
    private final Map<ItemKey, Change> byKey = new LinkedHashMap<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private int itemsRead;
    private int filtered;
    private int skipped;
    private long bytes;
    private double capacityUnits;
    private Instant newestRecord;
    private Instant oldestRecord;
    private ItemKey newestKey;
    private Instant begun;
    private boolean small;

    private Builder(Instant ignoreBefore) {
      this.ignoreBefore = ignoreBefore;
    }

    /** Whether a record of this time is to be written. If not, count it with {@link #skip}. */
    public boolean wants(Instant recordTime) {
      return !recordTime.isBefore(ignoreBefore);
    }

    /** An item of a Scan. */
    public Builder add(Change change) {
      itemsRead++;
      bytes += change.sizeBytes();
      Change earlier = byKey.put(change.key(), change);
      if (earlier != null) {
        bytes -= earlier.sizeBytes();
      }
      return this;
    }

    /** A record of a stream. It is left out if it is too old. */
    public Builder add(Change change, Instant recordTime) {
      if (!wants(recordTime)) {
        return skip(recordTime);
      }
      noteTime(recordTime, change.key());
      if (oldestRecord == null) {
        oldestRecord = recordTime;
      }
      return add(change);
    }

    /** A record that is not written, because it is too old or the user does not want it. */
    public Builder skip(Instant recordTime) {
      noteTime(recordTime, null);
      itemsRead++;
      skipped++;
      return this;
    }

    /** An item that cannot be converted. */
    public Builder reject(Rejected item) {
      itemsRead++;
      rejected.add(item);
      return this;
    }

    /** Number of items that a filter left out. */
    public Builder filtered(int items) {
      filtered = items;
      return this;
    }

    public Builder capacityUnits(double units) {
      capacityUnits = units;
      return this;
    }

    /**
     * From when on the page proves something if it is empty.
     *
     * @param notBefore what the service's clock has shown before the call, or how far a change
     *     stream was read
     */
    public Builder begun(Instant notBefore) {
      begun = notBefore;
      return this;
    }

    /** The page holds less than half of what one call may return. */
    public Builder small() {
      small = true;
      return this;
    }

    /** Number of items or records until now. */
    public int itemsRead() {
      return itemsRead;
    }

    public ChangeBatch build(Position position) {
      int kept = byKey.size();
      return new ChangeBatch(
          new ArrayList<>(byKey.values()),
          rejected,
          position,
          itemsRead,
          itemsRead + filtered,
          itemsRead - skipped - rejected.size() - kept,
          skipped,
          bytes,
          capacityUnits,
          Optional.ofNullable(newestRecord),
          Optional.ofNullable(oldestRecord),
          Optional.ofNullable(newestKey),
          Optional.ofNullable(begun),
          small);
    }

    /**
     * @param key null if the record is not written
     */
    private void noteTime(Instant recordTime, ItemKey key) {
      if (newestRecord == null || recordTime.isAfter(newestRecord)) {
        newestRecord = recordTime;
        newestKey = key;
      }
    }
  }
}
