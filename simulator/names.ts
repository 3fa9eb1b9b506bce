// Names for the generator. `native=ascii` gives the spelling used in addresses where folding accents is not enough.

interface Culture {
  locale: string
  given: string
  family: string
}

const CULTURES: readonly Culture[] = [
  {
    locale: 'en-GB',
    given: 'Nora Amelia Harriet Oliver Edmund Felix Rosalind Arthur Beatrix Callum Dorothy Graham',
    family:
      "Vance Ashworth Blackwood O'Neill Pemberton Hartley Kingsley Lockwood Marlowe Thornton Whitaker Fairfax",
  },
  {
    locale: 'de-DE',
    given: 'Jürgen Käthe Lukas Annelie Björn Friederike Matthias Sabine Götz Ute Konrad Liesel',
    family:
      'Müller Großmann=grossmann Schäfer Köhler Weiß=weiss Krüger Bäcker Vogt Lindemann Jäger Brandt Zöllner',
  },
  {
    locale: 'fr-FR',
    given: 'Élodie Théo François Agnès Jérôme Maëlle Noémie Gaël Hélène Rémi Clémence Benoît',
    family: 'Lefèvre Dupré Moreau Gauthier Béranger Château Delacroix Marchand Noël Rousseau Sévigny Tessier',
  },
  {
    locale: 'es-ES',
    given: 'Lucía Andrés Begoña Joaquín Inés Ramón Ximena Tomás Paloma Íñigo Rocío Álvaro',
    family: 'Núñez Ibáñez Cortés Domínguez Echeverría Fuentes Galán Montalbán Ordóñez Peña Quiroga Zúñiga',
  },
  {
    locale: 'pl-PL',
    given:
      'Łukasz=lukasz Zofia Stanisław=stanislaw Małgorzata=malgorzata Jędrzej Kasia Wojciech Świętosława=swietoslawa Piotr Bożena Grażyna Michał=michal',
    family:
      'Wójcik Kowalczyk Dąbrowska Zając Żuk Krawiec Pawłowska=pawlowska Górski Łapińska=lapinska Sikora Wróbel Mazurek',
  },
  {
    locale: 'sv-SE',
    given: 'Åsa Göran Linnéa Sören Freja Håkan Ebba Torbjörn Märta Nils Signe Östen',
    family:
      'Lindqvist Åkesson Björklund Sjöberg Öberg Hallström Nyström Ekdahl Forsgren Wikström Norén Rydberg',
  },
  {
    locale: 'tr-TR',
    given: 'Ayşe Çağla Emre Gökhan Işıl=isil Kerem Özlem Şebnem Tolga Ümit Yıldız=yildiz Zeynep',
    family:
      'Yılmaz=yilmaz Çelik Demirtaş Erdoğdu Güneş Kılıç=kilic Öztürk Şahin Toprak Uçar Yalçın=yalcin Aydın=aydin',
  },
  {
    locale: 'vi-VN',
    given: 'Ánh Bảo Châu Dũng Hương Khánh Linh Minh Ngọc Phương Thảo Tuấn',
    family: 'Nguyễn Trần Lê Phạm Hoàng Huỳnh Vũ Đặng=dang Bùi Đỗ=do Hồ Ngô',
  },
  {
    locale: 'ja-JP',
    given:
      '陽子=yoko 健太=kenta 美咲=misaki 翔=sho 葵=aoi 大輔=daisuke 直樹=naoki 恵=megumi 亮=ryo 結衣=yui 誠=makoto 桜=sakura',
    family:
      '佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 渡辺=watanabe 伊藤=ito 山本=yamamoto 中村=nakamura 小林=kobayashi 加藤=kato 吉田=yoshida 松本=matsumoto',
  },
  {
    locale: 'uk-UA',
    given:
      'Оксана=oksana Тарас=taras Юлія=yuliia Богдан=bohdan Ярослав=yaroslav Леся=lesia Назар=nazar Ірина=iryna Остап=ostap Дарина=daryna Максим=maksym Соломія=solomiia',
    family:
      'Шевченко=shevchenko Коваленко=kovalenko Бондар=bondar Ткачук=tkachuk Мельник=melnyk Гончар=honchar Лисенко=lysenko Кравець=kravets Романюк=romaniuk Савчук=savchuk Дячук=diachuk Їжак=yizhak',
  },
  {
    locale: 'ar-EG',
    given:
      'ليلى=layla عمر=omar فاطمة=fatima يوسف=youssef نور=nour خالد=khaled سلمى=salma طارق=tarek هند=hind كريم=karim رنا=rana سامي=sami',
    family:
      'حداد=haddad منصور=mansour فاروق=farouk الشريف=elsherif نجار=naggar سليمان=soliman عزيز=aziz قاسم=qasim رشدي=roshdy بدوي=badawi زكي=zaki حلمي=helmy',
  },
  {
    locale: 'en-NG',
    given: 'Chidi Ngozi Adébáyọ̀ Fọláṣadé Emeka Ifeoma Olúṣẹ́gun Amara Túndé Yétúndé Obinna Zainab',
    family: 'Okafor Adéyẹmí Balógun Eze Nwosu Ọládìpọ̀ Uche Abiodun Ìbídàpọ̀ Mbadiwe Ṣóyínká Danjuma',
  },
]

/** One spelling for people and one for addresses. */
export interface Name {
  native: string
  ascii: string
}

/** All names of one culture. */
export interface Names {
  locale: string
  given: readonly Name[]
  family: readonly Name[]
}

/** Every culture, parsed: the caller keeps it. */
export function allNames(): Names[] {
  return CULTURES.map(({ locale, given, family }) => ({ locale, given: parse(given), family: parse(family) }))
}

function parse(list: string): Name[] {
  return list.split(' ').map((entry) => {
    const [native = '', ascii = fold(native)] = entry.split('=')
    return { native, ascii }
  })
}

function fold(native: string): string {
  return native
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}
