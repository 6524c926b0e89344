package io.nimoshake.flink.wire;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink which serializer to use for requests. */
public final class WriteRequestType extends TypeInformation<WriteRequest> {
  private static final long serialVersionUID = 1;

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<WriteRequest> getTypeClass() {
    return WriteRequest.class;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<WriteRequest> createSerializer(SerializerConfig config) {
    return new WriteRequestSerializer();
  }

  @Override
  public String toString() {
    return "WriteRequest";
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof WriteRequestType;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WriteRequestType;
  }

  @Override
  public int hashCode() {
    return WriteRequestType.class.hashCode();
  }
}
