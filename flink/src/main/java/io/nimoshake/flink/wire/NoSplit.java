package io.nimoshake.flink.wire;

import java.io.IOException;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The kind of split that this source has none of. Segments and shards are assigned by messages
 * ({@link Message.StartSplits}). For each of its own splits Flink keeps an output for watermarks, a
 * clock and seven gauges in the task, and a stream with thousands of shards has new shards every
 * few hours.
 */
public final class NoSplit implements SourceSplit {
  private NoSplit() {}

  @Override
  public String splitId() {
    throw new IllegalStateException("there are no splits of this kind");
  }

  /** Refuses both ways. */
  public static final class Serializer implements SimpleVersionedSerializer<NoSplit> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(NoSplit split) throws IOException {
      throw new IOException("there are no splits of this kind");
    }

    @Override
    public NoSplit deserialize(int version, byte[] bytes) throws IOException {
      throw new IOException("there are no splits of this kind");
    }
  }
}
