package io.nimoshake.flink.wire;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfMapping;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.CheckpointEntry.TableForgotten;
import io.nimoshake.core.port.CheckpointEntry.Window;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The binary form of a whole checkpoint, from which a plan can be restored. */
public final class CheckpointCodec {
  private CheckpointCodec() {}

  public static byte[] write(List<CheckpointEntry> entries) {
    return new Encoder().all(entries, CheckpointCodec::entry).toBytes();
  }

  /**
   * @throws Fault.Fatal if this program, or an older one, did not write these bytes
   */
  public static List<CheckpointEntry> read(byte[] bytes) throws Fault.Fatal {
    return Decoder.read("the saved plan", bytes, in -> in.all(CheckpointCodec::entry));
  }

  static void entry(Encoder out, CheckpointEntry entry) {
    if (entry instanceof OfSync sync) {
      out.tag(0).flag(sync.copied());
    } else if (entry instanceof OfTable table) {
      out.tag(1)
          .text(table.table())
          .tag(
              switch (table.phase()) {
                case COPYING -> 0;
                case FINISHING -> 1;
                case SWAPPING -> 2;
                case COPIED -> 3;
                case BACKFILLING -> 4;
              })
          .optional(table.started(), Encoder::instant)
          .all(table.streams(), Encoder::text)
          .number(table.segments())
          .flag(table.fresh())
          .flag(table.beside())
          .optional(table.export(), Encoder::text)
          .optional(table.backfill(), CheckpointCodec::backfill);
    } else if (entry instanceof OfSplit split) {
      out.tag(2);
      ModelCodec.split(out, split.split());
      ModelCodec.position(out, split.position());
      out.optional(split.recordTime(), Encoder::instant)
          .instant(split.updated())
          .optional(split.completeUntil(), Encoder::instant);
    } else if (entry instanceof SplitForgotten split) {
      out.tag(3).text(split.table()).text(split.splitId());
    } else if (entry instanceof TableForgotten table) {
      out.tag(4).text(table.table());
    } else if (entry instanceof OfMapping mapping) {
      out.tag(5).text(mapping.text());
    } else if (entry instanceof OfDirection live) {
      out.tag(6)
          .tag(
              switch (live.direction()) {
                case FORWARD -> 0;
                case CUT_OVER -> 1;
                case BACK -> 2;
                case RETURNED -> 3;
              })
          .instant(live.at())
          .optional(live.wayBack(), Encoder::text);
    }
  }

  static CheckpointEntry entry(Decoder in) {
    int tag = in.tag();
    return switch (tag) {
      case 0 -> new OfSync(in.flag());
      case 1 ->
          new OfTable(
              in.text(),
              phase(in.tag()),
              in.optional(Decoder::instant),
              in.all(Decoder::text),
              in.smallNumber(),
              in.flag(),
              in.flag(),
              in.version() < 3 ? Optional.empty() : in.optional(Decoder::text),
              in.version() < 4 ? Optional.empty() : in.optional(CheckpointCodec::backfill));
      case 2 ->
          new OfSplit(
              ModelCodec.split(in),
              ModelCodec.position(in),
              in.optional(Decoder::instant),
              in.instant(),
              in.version() < 2 ? Optional.empty() : in.optional(Decoder::instant));
      case 3 -> new SplitForgotten(in.text(), in.text());
      case 4 -> new TableForgotten(in.text());
      case 5 -> new OfMapping(in.text());
      case 6 -> new OfDirection(direction(in.tag()), in.instant(), in.optional(Decoder::text));
      default -> throw Decoder.unknown("entry", tag);
    };
  }

  private static Direction direction(int tag) {
    return switch (tag) {
      case 0 -> Direction.FORWARD;
      case 1 -> Direction.CUT_OVER;
      case 2 -> Direction.BACK;
      case 3 -> Direction.RETURNED;
      default -> throw Decoder.unknown("direction", tag);
    };
  }

  private static void backfill(Encoder out, Backfill backfill) {
    out.text(backfill.cause())
        .instant(backfill.from())
        .instant(backfill.applied())
        .instant(backfill.until())
        .instant(backfill.written())
        .number(backfill.windows())
        .optional(
            backfill.window(),
            (to, window) ->
                to.instant(window.from())
                    .instant(window.to())
                    .optional(window.export(), Encoder::text)
                    .number(window.files()));
  }

  private static Backfill backfill(Decoder in) {
    String cause = in.text();
    Instant from = in.instant();
    return new Backfill(
        cause,
        from,
        in.instant(),
        in.instant(),
        in.version() < 5 ? from : in.instant(),
        in.smallNumber(),
        in.optional(
            part ->
                new Window(
                    part.instant(),
                    part.instant(),
                    part.optional(Decoder::text),
                    part.smallNumber())));
  }

  private static Phase phase(int tag) {
    return switch (tag) {
      case 0 -> Phase.COPYING;
      case 1 -> Phase.FINISHING;
      case 2 -> Phase.SWAPPING;
      case 3 -> Phase.COPIED;
      case 4 -> Phase.BACKFILLING;
      default -> throw Decoder.unknown("phase", tag);
    };
  }
}
