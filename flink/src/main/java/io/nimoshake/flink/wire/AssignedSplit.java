package io.nimoshake.flink.wire;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;

/**
 * One assignment of a split to a reader. If the split is assigned again, to any reader, that is
 * another assignment, and reports about the earlier one are ignored.
 *
 * @param assignment the number of the assignment
 * @param from where to begin
 * @param mode how its changes are written
 * @param place where its changes are written
 * @param moved whether {@code from} is further than the plan knows, and so must be reported
 */
public record AssignedSplit(
    long assignment, Split split, Position from, WriteMode mode, TablePlace place, boolean moved) {

  static void write(Encoder out, AssignedSplit assigned) {
    out.number(assigned.assignment);
    ModelCodec.split(out, assigned.split);
    ModelCodec.position(out, assigned.from);
    ModelCodec.mode(out, assigned.mode);
    TablePlace.write(out, assigned.place);
    out.flag(assigned.moved);
  }

  static AssignedSplit read(Decoder in) {
    return new AssignedSplit(
        in.number(),
        ModelCodec.split(in),
        ModelCodec.position(in),
        ModelCodec.mode(in),
        TablePlace.read(in),
        in.flag());
  }
}
