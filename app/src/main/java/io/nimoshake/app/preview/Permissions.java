package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.dynamodb.preview.Attempt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What was found out about permissions, as {@code plan} shows it. */
final class Permissions {
  private Permissions() {}

  /** Combines the attempts with the same action and outcome. */
  static List<Permission> of(List<Attempt> attempts) {
    Map<String, List<Attempt>> same = new LinkedHashMap<>();
    for (Attempt attempt : attempts) {
      same.computeIfAbsent(attempt.action() + attempt.outcome(), key -> new ArrayList<>())
          .add(attempt);
    }
    return same.values().stream()
        .map(
            some ->
                new Permission(
                    some.get(0).action(),
                    some.get(0).outcome().name().toLowerCase(Locale.ROOT),
                    some.stream().flatMap(attempt -> attempt.table().stream()).toList(),
                    some.get(0).message().orElse(null)))
        .toList();
  }

  /** A permission as a line for a person, without its outcome. */
  static String describe(Permission permission) {
    String tables =
        permission.tables().isEmpty()
            ? ""
            : " on "
                + permission.tables().stream().limit(5).collect(Collectors.joining(", "))
                + (permission.tables().size() > 5
                    ? " and " + (permission.tables().size() - 5) + " more"
                    : "");
    return permission.action()
        + tables
        + (permission.message() == null ? "" : ": " + permission.message());
  }
}
