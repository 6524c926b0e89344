package io.nimoshake.flink.wire;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The plan at a Flink checkpoint: the entries that a checkpoint store would load. */
public record PlanState(List<CheckpointEntry> entries) {
  public static final PlanState NONE = new PlanState(List.of());

  public PlanState {
    entries = List.copyOf(entries);
  }

  /** Serializes with {@link CheckpointCodec}, whose form has a version. */
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
