package io.nimoshake.dynamodb.convert;

import java.io.IOException;

/** Takes the body of a successful response before the SDK parses it. */
@FunctionalInterface
public interface PageSink {
  /**
   * Takes a body whose checksum was right. The SDK may send the request again, even after this
   * returned (what remains may not parse): every call starts over.
   *
   * @param body the body, decompressed, from the first byte on; only valid during the call
   * @param length its length, which may be less than the array's
   * @return what the SDK is to parse instead
   * @throws IOException if the body is not what was asked for: the SDK then sends the request again
   *     as after a broken connection
   */
  byte[] accept(byte[] body, int length) throws IOException;
}
