package io.nimoshake.flink.wire;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.source.SourceEvent;

/** What enumerator and readers tell each other, besides assigning splits. */
public sealed interface Message {
  // --- to readers ------------------------------------------------------------------------------

  /** Stop every split of the table, then answer {@link Done}. */
  record StopTable(long ticket, String table) implements Message {}

  /** Deletes are real from now on; answer {@link Done} when no other is under way. */
  record DeleteForReal(long ticket, String table) implements Message {}

  /** Stop this split and answer {@link GivenBack}, unless it ends or fails first. */
  record GiveBack(long assignment) implements Message {}

  // --- to the enumerator -----------------------------------------------------------------------

  /** What a ticket asked for is done. */
  record Done(long ticket) implements Message {}

  /** How far splits are durable in the target at the barrier of a checkpoint. */
  record Progress(long checkpoint, List<Reached> reached) implements Message {}

  /**
   * How far one split is.
   *
   * @param caughtUp before when all was read that was made, if nothing new had come for a while
   */
  record Reached(
      long assignment,
      Position position,
      Optional<Instant> recordTime,
      Optional<Instant> caughtUp) {}

  /** A split is not run any more, and everything up to a position is durable. */
  record GivenBack(long assignment, Position position) implements Message {}

  /** A split has stopped at something that trying again will not mend. */
  record SplitFailed(long assignment, Fault fault) implements Message {}

  /** Nothing can go on. */
  record Fatal(Fault fault) implements Message {}

  /** Carries a message in its own form; Flink puts only the bytes into Java's. */
  final class Event implements SourceEvent {
    private static final long serialVersionUID = 1;

    private final byte[] bytes;

    public Event(Message message) {
      this.bytes = write(message);
    }

    public Message message() {
      try {
        return Decoder.read("a message between tasks", bytes, Message::read);
      } catch (Fault e) {
        throw new IllegalStateException("tasks of one job run the same program", e);
      }
    }
  }

  private static byte[] write(Message message) {
    Encoder out = new Encoder();
    if (message instanceof StopTable m) {
      out.tag(0).number(m.ticket).text(m.table);
    } else if (message instanceof DeleteForReal m) {
      out.tag(1).number(m.ticket).text(m.table);
    } else if (message instanceof GiveBack m) {
      out.tag(2).number(m.assignment);
    } else if (message instanceof Done m) {
      out.tag(3).number(m.ticket);
    } else if (message instanceof Progress m) {
      out.tag(4).number(m.checkpoint).all(m.reached, Message::reached);
    } else if (message instanceof GivenBack m) {
      out.tag(5).number(m.assignment);
      ModelCodec.position(out, m.position);
    } else if (message instanceof SplitFailed m) {
      out.tag(6).number(m.assignment);
      FaultCodec.fault(out, m.fault);
    } else if (message instanceof Fatal m) {
      out.tag(7);
      FaultCodec.fault(out, m.fault);
    }
    return out.toBytes();
  }

  private static Message read(Decoder in) {
    int tag = in.tag();
    return switch (tag) {
      case 0 -> new StopTable(in.number(), in.text());
      case 1 -> new DeleteForReal(in.number(), in.text());
      case 2 -> new GiveBack(in.number());
      case 3 -> new Done(in.number());
      case 4 -> new Progress(in.number(), in.all(Message::reached));
      case 5 -> new GivenBack(in.number(), ModelCodec.position(in));
      case 6 -> new SplitFailed(in.number(), FaultCodec.fault(in));
      case 7 -> new Fatal(FaultCodec.fault(in));
      default -> throw new IllegalArgumentException("unknown message " + tag);
    };
  }

  private static void reached(Encoder out, Reached reached) {
    out.number(reached.assignment);
    ModelCodec.position(out, reached.position);
    out.optional(reached.recordTime, Encoder::instant).optional(reached.caughtUp, Encoder::instant);
  }

  private static Reached reached(Decoder in) {
    return new Reached(
        in.number(),
        ModelCodec.position(in),
        in.optional(Decoder::instant),
        in.optional(Decoder::instant));
  }
}
