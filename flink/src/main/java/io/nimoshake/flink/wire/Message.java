package io.nimoshake.flink.wire;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.source.SourceEvent;

/** The messages between enumerator and readers. */
public sealed interface Message {
  /** Writes the message in its own form; {@link #read} reads it. */
  void write(Encoder out);

  // --- to readers ------------------------------------------------------------------------------

  /** A message from the enumerator to a reader. */
  sealed interface ToReader extends Message {
    /** Calls the method of the handler for this kind of message. */
    void to(ReaderHandler handler);
  }

  /** A reader: it has a method for each kind, so a new kind cannot be forgotten. */
  interface ReaderHandler {
    void startSplits(StartSplits message);

    void stopTable(StopTable message);

    void deleteForReal(DeleteForReal message);

    void giveBack(GiveBack message);
  }

  /** Start these splits. Their reports go with the next checkpoints ({@link Progress}). */
  record StartSplits(List<AssignedSplit> splits) implements ToReader {
    @Override
    public void to(ReaderHandler handler) {
      handler.startSplits(this);
    }

    @Override
    public void write(Encoder out) {
      out.tag(8).all(splits, AssignedSplit::write);
    }
  }

  /** Stop every split of the table, then answer {@link Done}. */
  record StopTable(long ticket, String table) implements ToReader {
    @Override
    public void to(ReaderHandler handler) {
      handler.stopTable(this);
    }

    @Override
    public void write(Encoder out) {
      out.tag(0).number(ticket).text(table);
    }
  }

  /** Write deletes for real from now on. Answer {@link Done} when no tombstone is being written. */
  record DeleteForReal(long ticket, String table) implements ToReader {
    @Override
    public void to(ReaderHandler handler) {
      handler.deleteForReal(this);
    }

    @Override
    public void write(Encoder out) {
      out.tag(1).number(ticket).text(table);
    }
  }

  /** Stop this split. Answer {@link GivenBack}, unless the split ends or fails first. */
  record GiveBack(long assignment) implements ToReader {
    @Override
    public void to(ReaderHandler handler) {
      handler.giveBack(this);
    }

    @Override
    public void write(Encoder out) {
      out.tag(2).number(assignment);
    }
  }

  // --- to the enumerator -----------------------------------------------------------------------

  /** A message from a reader to the enumerator. */
  sealed interface ToEnumerator extends Message {
    /**
     * Calls the method of the handler for this kind of message.
     *
     * @param subtask the reader that sent it
     */
    void to(EnumeratorHandler handler, int subtask);
  }

  /** The enumerator: it has a method for each kind, so a new kind cannot be forgotten. */
  interface EnumeratorHandler {
    void done(Done message, int subtask);

    void progress(Progress message);

    void givenBack(GivenBack message);

    void splitFailed(SplitFailed message);

    void fatal(Fatal message);
  }

  /** The answer to a message with this ticket: it is done. */
  record Done(long ticket) implements ToEnumerator {
    @Override
    public void to(EnumeratorHandler handler, int subtask) {
      handler.done(this, subtask);
    }

    @Override
    public void write(Encoder out) {
      out.tag(3).number(ticket);
    }
  }

  /** How far splits are durable in the target, at the barrier of a Flink checkpoint. */
  record Progress(long checkpoint, List<Reached> reached) implements ToEnumerator {
    @Override
    public void to(EnumeratorHandler handler, int subtask) {
      handler.progress(this);
    }

    @Override
    public void write(Encoder out) {
      out.tag(4).number(checkpoint).all(reached, Message::reached);
    }
  }

  /**
   * The progress of one split.
   *
   * @param begun by the service's clock: the call that read the first page of this assignment began
   *     at this moment or later. That page decides whether records had expired unread. Empty where
   *     nobody can tell
   * @param caughtUp every record created before this moment has been read; empty unless the shard
   *     had no new records for a while
   */
  record Reached(
      long assignment,
      Position position,
      Optional<Instant> recordTime,
      Optional<Instant> begun,
      Optional<Instant> caughtUp) {}

  /**
   * A split is stopped, and everything up to this position is durable.
   *
   * @param begun as in {@link Reached}
   */
  record GivenBack(long assignment, Position position, Optional<Instant> begun)
      implements ToEnumerator {
    @Override
    public void to(EnumeratorHandler handler, int subtask) {
      handler.givenBack(this);
    }

    @Override
    public void write(Encoder out) {
      out.tag(5).number(assignment);
      ModelCodec.position(out, position);
      out.optional(begun, Encoder::instant);
    }
  }

  /** A split has failed, and a retry would not help. */
  record SplitFailed(long assignment, Fault fault) implements ToEnumerator {
    @Override
    public void to(EnumeratorHandler handler, int subtask) {
      handler.splitFailed(this);
    }

    @Override
    public void write(Encoder out) {
      out.tag(6).number(assignment);
      FaultCodec.fault(out, fault);
    }
  }

  /** The whole sync cannot continue. */
  record Fatal(Fault fault) implements ToEnumerator {
    @Override
    public void to(EnumeratorHandler handler, int subtask) {
      handler.fatal(this);
    }

    @Override
    public void write(Encoder out) {
      out.tag(7);
      FaultCodec.fault(out, fault);
    }
  }

  // --- the form on the wire --------------------------------------------------------------------

  /** Carries a message in its binary form. Flink serializes only these bytes. */
  final class Event implements SourceEvent {
    private static final long serialVersionUID = 1;

    private final byte[] bytes;

    public Event(Message message) {
      Encoder out = new Encoder();
      message.write(out);
      this.bytes = out.toBytes();
    }

    public Message message() {
      try {
        return Decoder.read("a message between tasks", bytes, Message::read);
      } catch (Fault e) {
        throw new IllegalStateException("all tasks of a job run the same program", e);
      }
    }

    /** The message of this event, which a reader has received. */
    public ToReader messageToReader() {
      return (ToReader) message();
    }

    /** The message of this event, which the enumerator has received. */
    public ToEnumerator messageToEnumerator() {
      return (ToEnumerator) message();
    }
  }

  private static Message read(Decoder in) {
    int tag = in.tag();
    return switch (tag) {
      case 0 -> new StopTable(in.number(), in.text());
      case 1 -> new DeleteForReal(in.number(), in.text());
      case 2 -> new GiveBack(in.number());
      case 3 -> new Done(in.number());
      case 4 -> new Progress(in.number(), in.all(Message::reached));
      case 5 -> new GivenBack(in.number(), ModelCodec.position(in), in.optional(Decoder::instant));
      case 6 -> new SplitFailed(in.number(), FaultCodec.fault(in));
      case 7 -> new Fatal(FaultCodec.fault(in));
      case 8 -> new StartSplits(in.all(AssignedSplit::read));
      default -> throw Decoder.unknown("message", tag);
    };
  }

  private static void reached(Encoder out, Reached reached) {
    out.number(reached.assignment);
    ModelCodec.position(out, reached.position);
    out.optional(reached.recordTime, Encoder::instant)
        .optional(reached.begun, Encoder::instant)
        .optional(reached.caughtUp, Encoder::instant);
  }

  private static Reached reached(Decoder in) {
    return new Reached(
        in.number(),
        ModelCodec.position(in),
        in.optional(Decoder::instant),
        in.optional(Decoder::instant),
        in.optional(Decoder::instant));
  }
}
