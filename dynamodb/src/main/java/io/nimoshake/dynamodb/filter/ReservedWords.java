package io.nimoshake.dynamodb.filter;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * The words that cannot be names of attributes in an expression. AWS lists CONVERT and SIZE too,
 * but DynamoDB Local 3.3.1 accepts them. They are left to the service, which sees each filter
 * before the sync starts.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html">
 *     Amazon DynamoDB Developer Guide, Reserved words in DynamoDB</a>
 */
final class ReservedWords {
  private static final Set<String> ALL = load();

  private ReservedWords() {}

  /** Whether this word is reserved, in upper or lower case. */
  static boolean contain(String word) {
    return ALL.contains(word.toUpperCase(Locale.ROOT));
  }

  private static Set<String> load() {
    try (InputStream words = ReservedWords.class.getResourceAsStream("reserved-words.txt")) {
      return Set.of(
          new String(words.readAllBytes(), StandardCharsets.US_ASCII).trim().split("\\s+"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
