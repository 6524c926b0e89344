package io.nimoshake.dynamodb.convert;

import java.io.IOException;

/** Takes the body of a successful response before the SDK parses it. */
@FunctionalInterface
public interface PageSink {
  /**
   * Takes a body whose checksum was right. The SDK may repeat the request even after this method
   * returned, so every call starts over.
   *
   * @param body the decompressed body, starting at the first byte; only valid during the call
   * @param length its length, which may be less than the array's
   * @return the body that the SDK parses instead
   * @throws IOException if the body does not have the expected form; the SDK then repeats the
   *     request as after a broken connection
   */
  byte[] accept(byte[] body, int length) throws IOException;
}
