package io.nimoshake.flink.wire;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Fault.SplitGone.Answer;

/** The binary form of faults. Their cause is not included. */
public final class FaultCodec {
  private FaultCodec() {}

  public static void fault(Encoder out, Fault fault) {
    if (fault instanceof Fault.Throttled) {
      out.tag(0).text(fault.getMessage());
    } else if (fault instanceof Fault.Transient) {
      out.tag(1).text(fault.getMessage());
    } else if (fault instanceof Fault.Gap gap) {
      out.tag(2)
          .text(gap.what())
          .optional(gap.lostFrom(), Encoder::instant)
          .optional(gap.lostTo(), Encoder::instant);
    } else if (fault instanceof Fault.SplitGone gone) {
      int answer =
          switch (gone.answer()) {
            case NOT_FOUND -> 8;
            case TRIMMED -> 9;
          };
      out.tag(answer).text(gone.getMessage()).instant(gone.serviceTime());
    } else if (fault instanceof Fault.StreamGone gone) {
      out.tag(10).text(gone.getMessage()).instant(gone.serviceTime());
    } else if (fault instanceof Fault.Poison poison) {
      out.tag(3);
      ModelCodec.rejected(out, poison.item());
    } else if (fault instanceof Fault.Unknown) {
      out.tag(7).text(fault.getMessage());
    } else if (fault instanceof Fault.TableGone) {
      out.tag(6).text(fault.getMessage());
    } else if (fault instanceof Fault.NoBackfill) {
      out.tag(11).text(fault.getMessage());
    } else if (fault instanceof Fault.TableFailed) {
      out.tag(4).text(fault.getMessage());
    } else if (fault instanceof Fault.Fatal) {
      out.tag(5).text(fault.getMessage());
    } else {
      throw new IllegalStateException("no form for a fault of " + fault.getClass());
    }
  }

  public static Fault fault(Decoder in) {
    int tag = in.tag();
    return switch (tag) {
      case 0 -> new Fault.Throttled(in.text(), null);
      case 1 -> new Fault.Transient(in.text(), null);
      case 2 ->
          new Fault.Gap(
              in.text(), in.optional(Decoder::instant), in.optional(Decoder::instant), null);
      case 3 -> new Fault.Poison(ModelCodec.rejected(in));
      case 4 -> new Fault.TableFailed(in.text(), null);
      case 5 -> new Fault.Fatal(in.text());
      case 6 -> new Fault.TableGone(in.text(), null);
      case 7 -> new Fault.Unknown(in.text(), null);
      case 8 -> new Fault.SplitGone(in.text(), Answer.NOT_FOUND, in.instant(), null);
      case 9 -> new Fault.SplitGone(in.text(), Answer.TRIMMED, in.instant(), null);
      case 10 -> new Fault.StreamGone(in.text(), in.instant(), null);
      case 11 -> new Fault.NoBackfill(in.text(), null);
      default -> throw Decoder.unknown("fault", tag);
    };
  }
}
