package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/** Converts single items. Not thread-safe. */
public final class ItemConverter {
  private static final byte[] HEAD = "{\"Item\":".getBytes(StandardCharsets.US_ASCII);

  private final PageDecoder decoder;

  public ItemConverter(TableSchema schema, ConvertOptions options) {
    this.decoder = new PageDecoder(schema, options);
  }

  /**
   * Converts an item; empty if it cannot be converted.
   *
   * @param item DynamoDB JSON
   * @param rejected gets the reason if it cannot be converted
   */
  public Optional<Change.Upsert> convert(Slice item, Consumer<Rejected> rejected) {
    byte[] body = new byte[HEAD.length + item.length() + 1];
    System.arraycopy(HEAD, 0, body, 0, HEAD.length);
    System.arraycopy(item.array(), item.offset(), body, HEAD.length, item.length());
    body[body.length - 1] = '}';
    Result result = new Result(rejected);
    try {
      decoder.item(body, body.length, result);
    } catch (IOException e) {
      throw new IllegalArgumentException("not an item in DynamoDB JSON", e);
    }
    return Optional.ofNullable(result.item);
  }

  private static final class Result implements ItemListener {
    private final Consumer<Rejected> rejection;
    private Change.Upsert item;

    Result(Consumer<Rejected> rejection) {
      this.rejection = rejection;
    }

    @Override
    public void found(Change.Upsert found) {
      item = found;
    }

    @Override
    public void absent() {
      throw new IllegalStateException("the response has an item");
    }

    @Override
    public void rejected(Rejected why) {
      rejection.accept(why);
    }
  }
}
