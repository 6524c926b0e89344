package io.nimoshake.flink.wire;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;
import java.io.IOException;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

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
    long assignment, Split split, Position from, WriteMode mode, TablePlace place, boolean moved)
    implements SourceSplit {

  @Override
  public String splitId() {
    return split.table() + "/" + split.id() + "#" + assignment;
  }

  /** Serializes with {@link Encoder}, whose form has a version. */
  public static final class Serializer implements SimpleVersionedSerializer<AssignedSplit> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(AssignedSplit assigned) {
      Encoder out = new Encoder();
      out.number(assigned.assignment);
      ModelCodec.split(out, assigned.split);
      ModelCodec.position(out, assigned.from);
      ModelCodec.mode(out, assigned.mode);
      TablePlace.write(out, assigned.place);
      return out.flag(assigned.moved).toBytes();
    }

    @Override
    public AssignedSplit deserialize(int version, byte[] bytes) throws IOException {
      try {
        return Decoder.read(
            "an assigned split",
            bytes,
            in ->
                new AssignedSplit(
                    in.number(),
                    ModelCodec.split(in),
                    ModelCodec.position(in),
                    ModelCodec.mode(in),
                    TablePlace.read(in),
                    in.flag()));
      } catch (Fault e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }
}
