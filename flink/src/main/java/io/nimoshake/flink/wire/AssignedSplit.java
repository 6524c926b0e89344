package io.nimoshake.flink.wire;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;
import java.io.IOException;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A split, given to a reader once. Given again, to whichever reader, it is another assignment: what
 * is heard of a former one does not count any more.
 *
 * @param assignment numbers it
 * @param from where to begin
 * @param mode how what it reads is written
 * @param place where it is written
 * @param moved whether {@code from} is further than the plan knows yet, and so is to be reported
 */
public record AssignedSplit(
    long assignment, Split split, Position from, WriteMode mode, TablePlace place, boolean moved)
    implements SourceSplit {

  @Override
  public String splitId() {
    return split.table() + "/" + split.id() + "#" + assignment;
  }

  /** By the codec of the core, which has versions of its own. */
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
