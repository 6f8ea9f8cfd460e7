import { execFileSync } from 'node:child_process';

/**
 * Reads every document with Ruby's own YAML, in one process. What JSON cannot say comes back as a text that tells its
 * class: symbols as `Symbol name`, keys that are integers as `Integer 2026`.
 *
 * @throws when Ruby is missing, or takes one of the documents for broken.
 */
export function readByRuby(documents: readonly string[]): unknown[] {
  const answer = execFileSync('ruby', ['-ryaml', '-rjson', '-e', SCRIPT], {
    input: JSON.stringify(documents),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(answer);
}

const SCRIPT = `
Encoding.default_external = Encoding::UTF_8
def name(key)
  key.is_a?(String) ? key : "#{key.class} #{key}"
end
def plain(value)
  case value
  when Hash then value.to_h { |key, item| [name(key), plain(item)] }
  when Array then value.map { |item| plain(item) }
  when String, Integer, Float, true, false, nil then value
  else "#{value.class} #{value}"
  end
end
documents = JSON.parse($stdin.read)
read = documents.map { |text| plain(YAML.safe_load(text, permitted_classes: [Symbol], aliases: false)) }
puts JSON.generate(read)
`;
