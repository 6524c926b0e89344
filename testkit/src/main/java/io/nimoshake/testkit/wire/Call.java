package io.nimoshake.testkit.wire;

import java.util.List;
import java.util.Map;

/**
 * One call of DynamoDB's JSON protocol.
 *
 * @param target the X-Amz-Target header, such as {@code DynamoDB_20120810.PutItem}
 * @param headers as the client sent them
 * @param body the request's JSON
 */
public record Call(String target, Map<String, List<String>> headers, byte[] body) {
  /** The operation without its version, such as {@code PutItem}. */
  public String operation() {
    return target.substring(target.indexOf('.') + 1);
  }

  /** The same call for another operation of the same client. */
  public Call with(String otherTarget, byte[] otherBody) {
    return new Call(otherTarget, headers, otherBody);
  }
}
