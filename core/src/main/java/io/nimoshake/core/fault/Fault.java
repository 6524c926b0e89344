package io.nimoshake.core.fault;

import io.nimoshake.core.model.Rejected;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that went wrong at a port, classified by what is to be done about it. Adapters turn
 * every exception of their libraries into one of these. Messages are one line for a person and
 * never hold a secret.
 */
public abstract sealed class Fault extends Exception
    permits Fault.Throttled,
        Fault.Transient,
        Fault.Unknown,
        Fault.Gap,
        Fault.SplitGone,
        Fault.StreamGone,
        Fault.Poison,
        Fault.TableFailed,
        Fault.Fatal {
  private Fault(String message, Throwable cause) {
    super(message, cause);
  }

  /** Short name of the kind, for metrics and logs. */
  public String kind() {
    return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  /** The server that could not be reached, if that is why. */
  public Optional<Unreachable> unreachable() {
    return Optional.empty();
  }

  /** Whether trying again later may help. */
  public boolean isRetryable() {
    return this instanceof Throttled || this instanceof Transient || this instanceof Unknown;
  }

  /** The service asks for fewer calls: try again, later each time. */
  public static final class Throttled extends Fault {
    public Throttled(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A passing failure (5xx, timeout, reset, election): try again. */
  public static final class Transient extends Fault {
    private final transient Optional<Unreachable> unreachable;

    public Transient(String message, Throwable cause) {
      super(message, cause);
      this.unreachable = Optional.empty();
    }

    /**
     * A server cannot be reached.
     *
     * @param doing what was tried, which begins the message: "cannot scan table orders"
     */
    public Transient(String doing, Unreachable server, Throwable cause) {
      super(doing + ": " + server, cause);
      this.unreachable = Optional.of(server);
    }

    @Override
    public Optional<Unreachable> unreachable() {
      return unreachable;
    }
  }

  /**
   * The service answered with an error that this program does not know, so nobody can say whether
   * it passes. {@link #isRetryable} is true: whoever retries comes again with growing pauses and
   * shows the error like any other failure. Where one activity meets nothing but failures for
   * {@code retry.unknown} (see {@code SyncOptions.unknownFor}) and the last of them is of this
   * kind, the activity ends with {@link #toTableFailed}. A success starts the time anew.
   */
  public static final class Unknown extends Fault {
    public Unknown(String message, Throwable cause) {
      super(message, cause);
    }

    /**
     * What this fault becomes when the time for retries is over.
     *
     * @param failingFor how long the activity had no success
     */
    public TableFailed toTableFailed(Duration failingFor) {
      return new TableFailed(
          getMessage()
              + " (an unknown error that did not pass in "
              + failingFor.toSeconds()
              + " s; see retry.unknown)",
          this);
    }
  }

  /** Changes are gone that were never read: only a new copy of the table makes it whole. */
  public static final class Gap extends Fault {
    private final String what;
    private final transient Optional<Instant> lostFrom;
    private final transient Optional<Instant> lostTo;

    /**
     * @param what what was found, with table and shard; the span of time is added to the message
     */
    public Gap(String what, Optional<Instant> lostFrom, Optional<Instant> lostTo, Throwable cause) {
      super(what + span(lostFrom, lostTo), cause);
      this.what = what;
      this.lostFrom = lostFrom;
      this.lostTo = lostTo;
    }

    public Gap(String what, Throwable cause) {
      this(what, Optional.empty(), Optional.empty(), cause);
    }

    private static String span(Optional<Instant> from, Optional<Instant> to) {
      if (from.isEmpty() && to.isEmpty()) {
        return "";
      }
      return "; changes made"
          + from.map(time -> " from " + time).orElse("")
          + to.map(time -> " to " + time).orElse("")
          + " may be lost";
    }

    /** The same with the ends of the span that were not known yet; known ones are kept. */
    public Gap within(Instant from, Instant to) {
      Instant begin = lostFrom.orElse(from);
      Instant end = lostTo.orElse(to);
      return new Gap(
          what, Optional.of(begin), Optional.of(end.isBefore(begin) ? begin : end), getCause());
    }

    /** The same, with what follows from it. */
    public Gap andSo(String consequence) {
      return new Gap(what + "; " + consequence, lostFrom, lostTo, getCause());
    }

    /** What happened, without the span. */
    public String what() {
      return what;
    }

    /** Earliest moment of which changes may be lost, if known. */
    public Optional<Instant> lostFrom() {
      return lostFrom;
    }

    /** Latest moment of which changes may be lost, if known. */
    public Optional<Instant> lostTo() {
      return lostTo;
    }
  }

  /**
   * The service refuses to read a shard with an answer that may mean that the shard, or its next
   * record, is gone. One such answer proves nothing: the service is eventually consistent, and a
   * new shard is not known to all of its hosts at once.
   *
   * <p>The adapter throws this instead of a {@link Gap} and leaves the decision to the plan. The
   * pipeline does not retry it: it ends and reports the fault. The plan then lists the shards and
   * starts the shard again from its last durable position, after a pause that grows. Only several
   * answers over minutes let the plan decide that the shard has ended or that there is a gap.
   */
  public static final class SplitGone extends Fault {
    /** What the service answered. */
    public enum Answer {
      /**
       * It does not know the shard (ResourceNotFoundException of GetShardIterator or GetRecords).
       */
      NOT_FOUND,
      /**
       * It knows the shard and has deleted what was asked for (TrimmedDataAccessException). A
       * reader at the beginning of a shard tries some fresh iterators before it throws this: the
       * oldest record may expire between iterator and read. Where a service answers {@link
       * #NOT_FOUND} for an expired sequence number, as DynamoDB Local does, the reader tells the
       * two apart: if an iterator at TRIM_HORIZON can be had, the shard is there and the answer is
       * this one.
       */
      TRIMMED
    }

    private final Answer answer;
    private final Instant serviceTime;

    /**
     * @param message what was refused, with table and shard
     * @param serviceTime the service's clock when it answered
     */
    public SplitGone(String message, Answer answer, Instant serviceTime, Throwable cause) {
      super(message, cause);
      this.answer = answer;
      this.serviceTime = serviceTime;
    }

    public Answer answer() {
      return answer;
    }

    public Instant serviceTime() {
      return serviceTime;
    }
  }

  /**
   * The service does not know a stream (ResourceNotFoundException of DescribeStream while shards
   * are listed). As for {@link SplitGone}, one answer proves nothing: the plan asks again, and only
   * several answers over minutes are a gap.
   */
  public static final class StreamGone extends Fault {
    private final Instant serviceTime;
    private final boolean foreign;

    /**
     * @param message which stream, with its table
     * @param serviceTime the service's clock when it answered
     */
    public StreamGone(String message, Instant serviceTime, Throwable cause) {
      this(message, serviceTime, false, cause);
    }

    /**
     * @param foreign whether the position may be one of another server, so that nothing may be
     *     copied from this one
     */
    public StreamGone(String message, Instant serviceTime, boolean foreign, Throwable cause) {
      super(message, cause);
      this.serviceTime = serviceTime;
      this.foreign = foreign;
    }

    public boolean isForeign() {
      return foreign;
    }

    public Instant serviceTime() {
      return serviceTime;
    }
  }

  /**
   * An item that cannot be converted or that the target refuses, under {@code on_poison = fail}.
   */
  public static final class Poison extends Fault {
    private final transient Rejected item;

    public Poison(Rejected item) {
      super("item " + item.key() + " of table " + item.table() + ": " + item.reason(), null);
      this.item = item;
    }

    public Rejected item() {
      return item;
    }
  }

  /** This table cannot be synced (it vanished, a permission on it is missing); others go on. */
  public static sealed class TableFailed extends Fault permits TableGone, NoBackfill {
    public TableFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * The source says that there is no such table. One answer proves nothing: the plan asks again
   * before it believes it.
   */
  public static final class TableGone extends TableFailed {
    public TableGone(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Changes that expired unread cannot be had from an incremental export: point-in-time recovery
   * does not reach back to them, or the export failed for good. Then {@code on_gap.fallback}
   * decides.
   */
  public static final class NoBackfill extends TableFailed {
    public NoBackfill(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Nothing can go on: wrong credentials or configuration, lease lost. */
  public static final class Fatal extends Fault {
    public Fatal(String message, Throwable cause) {
      super(message, cause);
    }

    public Fatal(String message) {
      super(message, null);
    }
  }
}
