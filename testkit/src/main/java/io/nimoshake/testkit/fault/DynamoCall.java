package io.nimoshake.testkit.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nimoshake.testkit.wire.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A call to a DynamoDB endpoint, as the conditions of a rule see it. */
public final class DynamoCall implements NamedCall {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern TABLE_OF_ARN = Pattern.compile(":table/([^/]+)");

  private final Call call;
  private final IssuedIterators iterators;
  private JsonNode body;

  DynamoCall(Call call, IssuedIterators iterators) {
    this.call = call;
    this.iterators = iterators;
  }

  /** The operation without its version, such as {@code PutItem}. */
  @Override
  public String name() {
    return call.operation();
  }

  /** The request's JSON. */
  public JsonNode body() {
    if (body == null) {
      try {
        body = JSON.readTree(call.body());
      } catch (IOException e) {
        throw new UncheckedIOException(name() + " with a body that is not JSON", e);
      }
    }
    return body;
  }

  /** The request's body as text. */
  public String text() {
    return new String(call.body(), StandardCharsets.UTF_8);
  }

  /**
   * The table that it is about, be it by its name, in a batch, by its stream or by an iterator that
   * came through the same proxy.
   */
  public Optional<String> table() {
    Optional<String> named = field("TableName");
    if (named.isPresent()) {
      return named;
    }
    if (body().path("RequestItems").size() == 1) {
      return Optional.of(body().get("RequestItems").fieldNames().next());
    }
    return stream().map(TABLE_OF_ARN::matcher).filter(Matcher::find).map(arn -> arn.group(1));
  }

  /** The shard that it is about, by its id or by an iterator that came through the same proxy. */
  public Optional<String> shard() {
    return field("ShardId").or(() -> origin().map(IssuedIterators.Origin::shard));
  }

  private Optional<String> stream() {
    return field("StreamArn").or(() -> origin().map(IssuedIterators.Origin::stream));
  }

  /**
   * Where the call's iterator points, if it has one; where it was asked for, if it asks for one.
   */
  Optional<IssuedIterators.Origin> origin() {
    if (name().equals("GetShardIterator")) {
      return field("StreamArn")
          .flatMap(arn -> field("ShardId").map(id -> new IssuedIterators.Origin(arn, id)));
    }
    return field("ShardIterator").flatMap(iterators::origin);
  }

  private Optional<String> field(String name) {
    return Optional.ofNullable(body().get(name)).map(JsonNode::asText);
  }
}
