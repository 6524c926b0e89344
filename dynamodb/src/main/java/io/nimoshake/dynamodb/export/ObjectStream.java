package io.nimoshake.dynamodb.export;

import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;

/**
 * The content of an object in S3. Closing it gives the connection back if everything was read, and
 * else breaks the connection off. The stream of the SDK would first read the object to its end, so
 * that a stop would wait for all files that are open.
 */
final class ObjectStream extends FilterInputStream {
  private final ResponseInputStream<?> object;
  private boolean atEnd;

  ObjectStream(ResponseInputStream<?> object) {
    super(object);
    this.object = object;
  }

  @Override
  public int read() throws IOException {
    int got = super.read();
    atEnd |= got < 0;
    return got;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int got = super.read(into, from, length);
    atEnd |= got < 0;
    return got;
  }

  @Override
  public void close() throws IOException {
    if (atEnd) {
      super.close();
    } else {
      object.abort();
    }
  }
}
