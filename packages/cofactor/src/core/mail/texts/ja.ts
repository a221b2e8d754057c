import type { MailTexts } from './texts.ts';

const secure = 'お心当たりがない場合は、すぐにパスワードを変更し、アカウントの保護設定をご確認ください。';
const ask = 'お心当たりがない場合は、すぐに {site} の管理者にご連絡ください。';
const ignore = 'お心当たりがない場合は、何もする必要はありません。リンクを開かなければ何も起こりません。';
const open = 'アカウントを確認する';

export const ja: MailTexts = Object.freeze({
  footer: '送信元：{site}（{origin}）、宛先：{to}',
  when: '日時：{when}',
  where: 'アクセス元：{where}',
  device: '{browser}（{system}）',
  comma: '、',
  named: '{method}（{name}）',
  notices: Object.freeze({
    'confirm-email': {
      subject: '{site} のメールアドレスの確認',
      text: 'このメールアドレスがご本人のものであることを確認してください。リンクは {lifetime}以内に 1 回だけ使えます。',
      notYou: ignore,
      button: 'メールアドレスを確認する',
    },
    'change-email': {
      subject: '{site} の新しいメールアドレスの確認',
      text: 'アカウントに関するメールの送信先を、今後このメールアドレスにすることを確認してください。リンクは {lifetime}以内に 1 回だけ使えます。',
      notYou: ignore,
      button: 'このメールアドレスを使う',
    },
    'email-changed': {
      subject: '{site} のメールアドレスが変更されました',
      text: 'アカウントに関するメールは今後 {address} に送信され、このメールアドレスには送信されません。',
      notYou: ask,
    },
    'email-confirmed': {
      subject: '{site} のメールアドレスが確認されました',
      text: 'アカウントに関するメールは、今後このメールアドレスに送信されます。',
      notYou: secure,
      button: open,
    },
    'enrolment-permitted': {
      subject: '{site} の 2 段階認証を設定してください',
      text: 'お使いのアカウントには 2 段階認証が必要です。パスワードでログインした方から設定の依頼がありました。このリンクから設定してください。リンクは {lifetime}以内に 1 回だけ使えます。',
      notYou:
        'お心当たりがない場合は、パスワードを知られています。リンクを開かず、すぐにパスワードを変更してください。',
      button: '2 段階認証を設定する',
    },
    'forgot-password': {
      subject: '{site} の新しいパスワードの設定',
      text: 'アカウントのパスワードの再設定が求められました。このリンクから新しいパスワードを設定できます。リンクは {lifetime}以内に 1 回だけ使えます。2 段階目の認証方法は変わりません。',
      notYou: 'お心当たりがない場合は、何もする必要はありません。パスワードは変わりません。',
      button: '新しいパスワードを設定する',
    },
    'forgot-password-impossible': {
      subject: '{site} のパスワードについて',
      text: 'アカウントのパスワードの再設定が求められましたが、メールで再設定できるパスワードがありません。いつもの方法でログインするか、{site} の管理者にお問い合わせください。',
      notYou: 'お心当たりがない場合は、何もする必要はありません。何も変更されていません。',
    },
    'password-reset-done': {
      subject: '{site} のパスワードが再設定されました',
      text: 'メールでお送りしたリンクから、アカウントのパスワードが再設定されました。すべての端末からログアウトしました。',
      notYou: ask,
      button: open,
    },
    'password-changed': {
      subject: '{site} のパスワードが変更されました',
      text: 'アカウントのパスワードが変更されました。ほかの端末からはログアウトしました。',
      notYou: ask,
      button: open,
    },
    'authenticator-added': {
      subject: '{site} のログイン方法が追加されました',
      text: '次の方法でもアカウントを確認できるようになりました：{what}',
      notYou: secure,
      button: open,
    },
    'authenticator-removed': {
      subject: '{site} のログイン方法が削除されました',
      text: '次の方法がアカウントから削除され、使えなくなりました：{what}',
      notYou: secure,
      button: open,
    },
    'authenticator-disabled': {
      subject: '{site} のログイン方法が停止されました',
      text: '次の方法で間違いが多く続きました：{what}。設定し直すまで使えません。',
      notYou:
        'お心当たりがない場合は、パスワードを知られているおそれがあります。別の方法でログインし、パスワードを変更してください。',
      button: open,
    },
    'recovery-renewed': {
      subject: '{site} の新しいリカバリーコード',
      text: 'アカウントの新しいリカバリーコードが作成されました。以前のコードは使えません。',
      notYou: secure,
      button: open,
    },
    'second-factor-failed': {
      subject: 'ご本人の操作ですか？{site} の 2 段階目の確認に失敗しました',
      text: 'アカウントの正しいパスワードが入力されたあと、2 段階目の確認に失敗しました：{what}。ログインはされていません。',
      notYou:
        'お心当たりがない場合は、パスワードを知られています。すぐに変更し、コードを尋ねられても誰にも教えないでください。',
      button: open,
    },
    'new-device-remembered': {
      subject: '{site} がブラウザーを記憶しました',
      text: '今後、このブラウザーでは 2 段階目の確認なしでアカウントにログインできます。',
      notYou: secure,
      button: open,
    },
    'account-deleted': {
      subject: '{site} のアカウントが削除されました',
      text: 'アカウントと、その保護に使われていた情報がすべて削除されました。これが最後のメールです。',
      notYou: ask,
    },
    invitation: {
      subject: '{site} への招待',
      text: '{site} にあなたのアカウントが作成されました。このリンクからログイン方法を選んでください。リンクは {lifetime}以内に 1 回だけ使えます。',
      notYou: 'お心当たりがない場合は、何もする必要はありません。リンクがなければ誰もログインできません。',
      button: 'アカウントを設定する',
    },
    'factors-reset': {
      subject: '{site} の2つ目の認証方法が削除されました',
      text: '{site} の管理者が、お使いのアカウントから2つ目の認証方法とリカバリーコードをすべて削除しました。すべてのログインは終了しています。もう一度ログインして、2つ目の認証方法を設定してください。',
      notYou: ask,
    },
    'permit-given': {
      subject: '{site} の2つ目の認証方法を設定できます',
      text: '{site} の管理者が、お使いのアカウントに2 段階認証を設定することを許可しました。ログインしてから、同じブラウザーでこのリンクを開いてください。リンクは {lifetime}以内に 1 回だけ使えます。',
      notYou: ask,
      button: '2 段階認証を設定する',
    },
    'permit-handed-over': {
      subject: '{site} の2つ目の認証方法を設定するためのリンクが作成されました',
      text: '{site} の管理者が、お使いのアカウントに2 段階認証を設定するためのリンクを作成しました。リンクは管理者から直接お渡しします。リンクは {lifetime}以内に 1 回だけ使えます。',
      notYou: ask,
    },
  }),
});
