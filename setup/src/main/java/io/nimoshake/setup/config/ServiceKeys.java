package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.text;

import java.util.Set;

/**
 * The keys that a DynamoDB source and a DynamoDB-compatible target have in common: region and
 * credentials.
 */
public record ServiceKeys(
    ConfigKey<String> region,
    ConfigKey<String> accessKeyId,
    ConfigKey<String> secretAccessKey,
    ConfigKey<String> sessionToken,
    ConfigKey<String> roleArn,
    ConfigKey<String> roleExternalId,
    ConfigKey<String> roleSessionName) {

  /** All of them. */
  Set<ConfigKey<?>> all() {
    return Set.of(
        region,
        accessKeyId,
        secretAccessKey,
        sessionToken,
        roleArn,
        roleExternalId,
        roleSessionName);
  }

  static ConfigKey<String> secretAccessKey(String prefix) {
    return key(
            prefix + "secret_access_key",
            text(),
            "Secret key of " + prefix + "access_key_id. Set both or neither.")
        .hidden();
  }

  static ConfigKey<String> sessionToken(String prefix) {
    return key(prefix + "session_token", text(), "Session token of temporary credentials.")
        .hidden();
  }

  static ConfigKey<String> roleArn(String prefix) {
    return key(
        prefix + "role_arn",
        text(
            "an ARN such as arn:aws:iam::123456789012:role/nimo-shake",
            "arn:[a-z0-9-]+:iam::[0-9]{12}:role/[\\x21-\\x7e]{1,1024}"),
        "IAM role to assume with the credentials above, for example a role of another account. Its"
            + " temporary credentials are renewed before they expire.");
  }

  static ConfigKey<String> roleExternalId(String prefix) {
    return key(
        prefix + "role_external_id",
        text("2 to 1224 letters, digits and _ + = , . @ : / -", "[\\w+=,.@:/-]{2,1224}"),
        "External id that the trust policy of " + prefix + "role_arn asks for.");
  }

  static ConfigKey<String> roleSessionName(String prefix) {
    return key(
        prefix + "role_session_name",
        text("2 to 64 letters, digits and _ + = , . @ -", "[\\w+=,.@-]{2,64}"),
        "Name of the session of "
            + prefix
            + "role_arn, which shows in CloudTrail. Without a value:"
            + " nimo-shake-<id>.");
  }
}
