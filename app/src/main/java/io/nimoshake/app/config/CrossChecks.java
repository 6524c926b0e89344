package io.nimoshake.app.config;

import io.nimoshake.app.config.Choices.CheckpointType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What must hold between keys, each of which is right by itself. */
final class CrossChecks {
  private static final Pattern PLACEHOLDER = Pattern.compile(":[A-Za-z0-9_]+");

  private final Configuration configuration;
  private final List<String> problems = new ArrayList<>();

  private CrossChecks(Configuration configuration) {
    this.configuration = configuration;
  }

  static List<String> problems(Configuration configuration) {
    CrossChecks checks = new CrossChecks(configuration);
    checks.target();
    checks.tables();
    checks.credentials();
    checks.checkpoint();
    checks.filter();
    checks.http();
    return checks.problems;
  }

  private void target() {
    if (!configuration.isSet(TargetKeys.ADDRESS)) {
      problems.add(
          "target.address: is missing: must be "
              + TargetKeys.ADDRESS.type().description()
              + ", in the file or in "
              + TargetKeys.ADDRESS.environmentVariable());
    }
  }

  private void tables() {
    if (configuration.isSet(GeneralKeys.WHITE_LIST)
        && configuration.isSet(GeneralKeys.BLACK_LIST)) {
      problems.add(
          configuration.place(GeneralKeys.BLACK_LIST)
              + ": cannot be set together with filter.collection.white: leave one of them out");
    }
  }

  private void credentials() {
    boolean id = configuration.isSet(SourceKeys.ACCESS_KEY_ID);
    boolean secret = configuration.isSet(SourceKeys.SECRET_ACCESS_KEY);
    if (id && !secret) {
      needs(SourceKeys.ACCESS_KEY_ID, SourceKeys.SECRET_ACCESS_KEY);
    }
    if (secret && !id) {
      needs(SourceKeys.SECRET_ACCESS_KEY, SourceKeys.ACCESS_KEY_ID);
    }
    if (configuration.isSet(SourceKeys.SESSION_TOKEN) && !(id && secret)) {
      needs(SourceKeys.SESSION_TOKEN, SourceKeys.ACCESS_KEY_ID);
    }
  }

  private void checkpoint() {
    boolean inMongo =
        configuration.find(TargetKeys.CHECKPOINT_TYPE).equals(Optional.of(CheckpointType.MONGODB));
    if (inMongo && configuration.isSet(TargetKeys.CHECKPOINT_ADDRESS)) {
      try {
        TargetKeys.ADDRESS.type().parse(configuration.get(TargetKeys.CHECKPOINT_ADDRESS));
      } catch (BadValue e) {
        problems.add(
            configuration.place(TargetKeys.CHECKPOINT_ADDRESS)
                + ": "
                + e.getMessage()
                + ", as checkpoint.type is mongodb");
      }
    }
  }

  private void filter() {
    if (!configuration.isSet(SyncKeys.FILTER_EXPRESSION)) {
      if (configuration.find(SyncKeys.FILTER_VALUES).isPresent()) {
        needs(SyncKeys.FILTER_VALUES, SyncKeys.FILTER_EXPRESSION);
      }
      return;
    }
    if (configuration.isSet(SyncKeys.FILTER_VALUES)
        && configuration.find(SyncKeys.FILTER_VALUES).isEmpty()) {
      return;
    }
    Set<String> missing = new HashSet<>();
    Matcher placeholder = PLACEHOLDER.matcher(configuration.get(SyncKeys.FILTER_EXPRESSION));
    while (placeholder.find()) {
      missing.add(placeholder.group());
    }
    for (FilterValue value : configuration.find(SyncKeys.FILTER_VALUES).orElse(List.of())) {
      if (!missing.remove(value.placeholder())) {
        problems.add(
            configuration.place(SyncKeys.FILTER_VALUES)
                + ": has a value for "
                + value.placeholder()
                + ", which full.read.filter_expression does not use");
      }
    }
    for (String name : missing) {
      problems.add(
          configuration.place(SyncKeys.FILTER_EXPRESSION)
              + ": uses "
              + name
              + ", which has no value in full.read.filter_attributevalues");
    }
  }

  private void http() {
    Optional<String> address = configuration.find(OperationKeys.HTTP_ADDRESS);
    if (address.isEmpty()) {
      return;
    }
    try {
      if (!InetAddress.getByName(address.get()).isLoopbackAddress()
          && !configuration.isSet(OperationKeys.HTTP_TOKEN)) {
        problems.add(
            configuration.place(OperationKeys.HTTP_ADDRESS)
                + " = "
                + address.get()
                + ": can be reached from other machines: needs http.token beside it");
      }
    } catch (UnknownHostException e) {
      problems.add(
          configuration.place(OperationKeys.HTTP_ADDRESS)
              + " = "
              + address.get()
              + ": must be an address of this machine");
    }
  }

  private void needs(ConfigKey<?> key, ConfigKey<?> other) {
    problems.add(configuration.place(key) + ": needs " + other.name() + " beside it");
  }
}
