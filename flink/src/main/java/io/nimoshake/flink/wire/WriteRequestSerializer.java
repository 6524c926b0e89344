package io.nimoshake.flink.wire;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.WriteMode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes requests. A request is immutable, so its copy is the request itself. */
public final class WriteRequestSerializer extends TypeSerializerSingleton<WriteRequest> {
  private static final long serialVersionUID = 1;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public WriteRequest createInstance() {
    return null;
  }

  @Override
  public WriteRequest copy(WriteRequest from) {
    return from;
  }

  @Override
  public WriteRequest copy(WriteRequest from, WriteRequest reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(WriteRequest request, DataOutputView target) throws IOException {
    Encoder out = new Encoder();
    TablePlace.write(out, request.place());
    ModelCodec.mode(out, request.mode());
    byte[] bytes = out.flag(request.copied()).all(request.changes(), ModelCodec::change).toBytes();
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  @Override
  public WriteRequest deserialize(DataInputView source) throws IOException {
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    try {
      return Decoder.read("a request to write", bytes, WriteRequestSerializer::read);
    } catch (Fault e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static WriteRequest read(Decoder in) {
    TablePlace place = TablePlace.read(in);
    WriteMode mode = ModelCodec.mode(in);
    boolean copied = in.flag();
    return new WriteRequest(
        place, mode, copied, List.copyOf(in.all(ModelCodec::change)), Optional.empty());
  }

  @Override
  public WriteRequest deserialize(WriteRequest reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  @Override
  public TypeSerializerSnapshot<WriteRequest> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names this serializer in Flink's state. Flink creates it. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<WriteRequest> {
    public Snapshot() {
      super(WriteRequestSerializer::new);
    }
  }
}
