package io.nimoshake.flink.wire;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The plan at a Flink checkpoint: all that it had saved, as a store would load it. */
public record PlanState(List<CheckpointEntry> entries) {
  public static final PlanState NONE = new PlanState(List.of());

  public PlanState {
    entries = List.copyOf(entries);
  }

  /** By the codec of the core, which has versions of its own. */
  public static final class Serializer implements SimpleVersionedSerializer<PlanState> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(PlanState state) {
      return CheckpointCodec.write(state.entries);
    }

    @Override
    public PlanState deserialize(int version, byte[] bytes) throws IOException {
      try {
        return new PlanState(CheckpointCodec.read(bytes));
      } catch (Fault e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }
}
